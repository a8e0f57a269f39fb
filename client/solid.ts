/**
 * oss-upcall/solid: `createUploads`, `createUpload` and `uploadField`. Safe to render on a server: an upload starts when it is
 * asked for, never while something is rendered.
 *
 * @see https://docs.solidjs.com/reference/store-utilities/reconcile
 */
import { getOwner, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { UploadError } from './http/errors.ts'
import type { Progress, UploadState } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { createUploadList, type UploadList, type UseUploadsOptions } from './upload-list.ts'
import type { UploadEntry } from './upload-store.ts'

/** A function is called for each file: give one when they change. */
export type OptionsOrAccessor = UseUploadsOptions | (() => UseUploadsOptions)

export interface Uploads<Service extends ServiceType = ServiceType>
  extends Pick<UploadList<Service>, 'add' | 'remove' | 'abortAll'> {
  /** In the order in which they were added. Reactive, each field by itself: do not destructure it. */
  readonly uploads: readonly UploadEntry<ResultOf<Service>>[]
}

/** Ends with its owner, e.g. a component; without one, with the page. */
function createReader<Service extends ServiceType>(given: OptionsOrAccessor) {
  const list = createUploadList<Service>(typeof given === 'function' ? given : () => given)
  const [shown, setShown] = createStore<{ uploads: UploadEntry<ResultOf<Service>>[] }>({
    uploads: [],
  })
  const end = list.subscribe(() => {
    // Copies: the store keeps the first of each key, and writes the later ones into it.
    const uploads = list.getSnapshot().map((entry) => ({ ...entry }))
    setShown('uploads', reconcile(uploads, { key: 'key' }))
  })
  if (getOwner()) {
    onCleanup(() => {
      end()
      list.unmount()
    })
  }
  return { list, shown }
}

/**
 * Uploads many files; all of the page share one pool, so that few are sent at a time.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 */
export function createUploads<Service extends ServiceType = ServiceType>(
  options: OptionsOrAccessor,
): Uploads<Service> {
  const { list, shown } = createReader<Service>(options)
  return {
    get uploads() {
      return shown.uploads
    },
    add: list.add,
    remove: list.remove,
    abortAll: list.abortAll,
  }
}

/** Its fields are reactive: do not destructure them. */
export interface SingleUpload<Service extends ServiceType = ServiceType> {
  /** Starts; an earlier one of this object is cancelled and forgotten. @throws UploadError */
  start: UploadList<Service>['replace']
  /** `idle` before the first file. */
  readonly state: UploadState
  readonly file: Blob | undefined
  readonly progress: Progress | undefined
  readonly result: ResultOf<Service> | undefined
  readonly error: UploadError | undefined
  pause(): void
  resume(): void
  abort(): void
  /** Back to `idle`. */
  reset(): void
}

/** Uploads one file at a time. */
export function createUpload<Service extends ServiceType = ServiceType>(
  options: OptionsOrAccessor,
): SingleUpload<Service> {
  const { list, shown } = createReader<Service>(options)
  const last = () => list.getSnapshot().at(-1)
  return {
    start: list.replace,
    get state() {
      return shown.uploads.at(-1)?.state ?? 'idle'
    },
    get file() {
      return shown.uploads.at(-1)?.file
    },
    get progress() {
      return shown.uploads.at(-1)?.progress
    },
    get result() {
      return shown.uploads.at(-1)?.result
    },
    get error() {
      return shown.uploads.at(-1)?.error
    },
    pause: () => last()?.pause(),
    resume: () => last()?.resume(),
    abort: () => last()?.abort(),
    reset: list.removeAll,
  }
}

/**
 * A ref for a file input, which can then be used for the same file twice.
 *
 * @example <input type="file" multiple ref={uploadField(photos.add)} />
 */
export function uploadField(onFiles: (files: File[]) => void): (input: HTMLInputElement) => void {
  return (input) => {
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])]
      input.value = ''
      if (files.length > 0) onFiles(files)
    })
  }
}

export type { ServiceType, UploadEntry, UseUploadsOptions }
