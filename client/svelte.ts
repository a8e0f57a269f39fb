/**
 * oss-upcall/svelte: `createUploads`, `createUpload` and `uploadField`, for components with runes and without. Safe to render
 * on a server: an upload starts when it is asked for, never while something is rendered.
 *
 * @see https://svelte.dev/docs/svelte/svelte-reactivity#createSubscriber
 */
import { onDestroy } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import type { Readable } from 'svelte/store'
import type { UploadError } from './http/errors.ts'
import type { Progress, UploadState } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { createUploadList, type UploadList, type UseUploadsOptions } from './upload-list.ts'
import type { UploadEntry } from './upload-store.ts'

/** A function is called for each file: give one when they change. */
export type OptionsOrGetter = UseUploadsOptions | (() => UseUploadsOptions)

/** A store of the list, too: without runes, `$photos` in place of `photos.uploads`. */
export interface Uploads<Service extends ServiceType = ServiceType>
  extends Pick<UploadList<Service>, 'add' | 'remove' | 'abortAll'>,
    Readable<readonly UploadEntry<ResultOf<Service>>[]> {
  /** In the order in which they were added. Reactive: do not destructure it. */
  readonly uploads: readonly UploadEntry<ResultOf<Service>>[]
}

/** Only what reads the list in an effect or a template is told of its changes. */
function createReader<Service extends ServiceType>(given: OptionsOrGetter) {
  const readOptions = typeof given === 'function' ? given : () => given
  const list = createUploadList<Service>(readOptions)
  // Svelte allows it in components only: without the option, a list may be anywhere.
  if (readOptions().abortOnUnmount) onDestroy(list.unmount)
  const subscribe = createSubscriber(list.subscribe)
  return {
    list,
    read() {
      subscribe()
      return list.getSnapshot()
    },
    /** Of a store: calls `run` at once, and after each change. */
    subscribe(run: () => void) {
      run()
      return list.subscribe(run)
    },
  }
}

/**
 * Uploads many files; all of the page share one pool, so that few are sent at a time. With `abortOnUnmount`, call it while a
 * component is set up.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 */
export function createUploads<Service extends ServiceType = ServiceType>(
  options: OptionsOrGetter,
): Uploads<Service> {
  const { list, read, subscribe } = createReader<Service>(options)
  return {
    get uploads() {
      return read()
    },
    subscribe: (run) => subscribe(() => run(list.getSnapshot())),
    add: list.add,
    remove: list.remove,
    abortAll: list.abortAll,
  }
}

/** Its fields are reactive: do not destructure them. A store of itself, too: without runes, `$avatar.state`. */
export interface SingleUpload<Service extends ServiceType = ServiceType>
  extends Readable<SingleUpload<Service>> {
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

/** Uploads one file at a time. With `abortOnUnmount`, call it while a component is set up. */
export function createUpload<Service extends ServiceType = ServiceType>(
  options: OptionsOrGetter,
): SingleUpload<Service> {
  const { list, read, subscribe } = createReader<Service>(options)
  const last = () => list.getSnapshot().at(-1)
  const single: SingleUpload<Service> = {
    subscribe: (run) => subscribe(() => run(single)),
    start: list.replace,
    get state() {
      return read().at(-1)?.state ?? 'idle'
    },
    get file() {
      return read().at(-1)?.file
    },
    get progress() {
      return read().at(-1)?.progress
    },
    get result() {
      return read().at(-1)?.result
    },
    get error() {
      return read().at(-1)?.error
    },
    pause: () => last()?.pause(),
    resume: () => last()?.resume(),
    abort: () => last()?.abort(),
    reset: list.removeAll,
  }
  return single
}

/**
 * An attachment for a file input, which can then be used for the same file twice.
 *
 * @example <input type="file" multiple {@attach uploadField(photos.add)} />
 */
export function uploadField(onFiles: (files: File[]) => void) {
  return (input: HTMLInputElement): (() => void) => {
    function onChange(): void {
      const files = [...(input.files ?? [])]
      input.value = ''
      if (files.length > 0) onFiles(files)
    }
    input.addEventListener('change', onChange)
    return () => input.removeEventListener('change', onChange)
  }
}

export type { OssUploadProps } from './element/svelte.ts'
export type { ServiceType, UploadEntry, UseUploadsOptions }
