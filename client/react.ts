/**
 * oss-upcall/react: `useUploads`, `useUpload` and `<UploadField>`. Safe to render on a server, and twice, as Strict Mode does: an
 * upload starts when it is asked for, never while something is rendered.
 *
 * @see https://react.dev/reference/react/useSyncExternalStore
 */
import {
  type ChangeEvent,
  createElement,
  type InputHTMLAttributes,
  type ReactElement,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { UploadError } from './http/errors.ts'
import type { Progress, UploadState } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { createUploadList, type UploadList, type UseUploadsOptions } from './upload-list.ts'
import type { UploadEntry } from './upload-store.ts'

/** The functions stay the same from one rendering to the next. */
export interface Uploads<Service extends ServiceType = ServiceType>
  extends Pick<UploadList<Service>, 'add' | 'remove' | 'abortAll'> {
  /** In the order in which they were added. */
  uploads: readonly UploadEntry<ResultOf<Service>>[]
}

const NONE: readonly never[] = []
const listNone = () => NONE

function useList<Service extends ServiceType>(options: UseUploadsOptions) {
  const latest = useRef(options)
  const [list] = useState(() => createUploadList<Service>(() => latest.current))
  useEffect(() => {
    latest.current = options
  })
  useEffect(() => list.unmount, [list])
  return { list, uploads: useSyncExternalStore(list.subscribe, list.getSnapshot, listNone) }
}

/**
 * Uploads many files; all of the page share one pool, so that few are sent at a time.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 */
export function useUploads<Service extends ServiceType = ServiceType>(
  options: UseUploadsOptions,
): Uploads<Service> {
  const { list, uploads } = useList<Service>(options)
  return useMemo(
    () => ({ uploads, add: list.add, remove: list.remove, abortAll: list.abortAll }),
    [uploads, list],
  )
}

export interface SingleUpload<Service extends ServiceType = ServiceType> {
  /** Starts; an earlier one of this hook is cancelled and forgotten. @throws UploadError */
  start: UploadList<Service>['replace']
  /** `idle` before the first file. */
  state: UploadState
  file: Blob | undefined
  progress: Progress | undefined
  result: ResultOf<Service> | undefined
  error: UploadError | undefined
  pause(): void
  resume(): void
  abort(): void
  /** Back to `idle`. */
  reset(): void
}

/** Uploads one file at a time. */
export function useUpload<Service extends ServiceType = ServiceType>(
  options: UseUploadsOptions,
): SingleUpload<Service> {
  const { list, uploads } = useList<Service>(options)
  const entry = uploads.at(-1)
  return {
    start: list.replace,
    state: entry?.state ?? 'idle',
    file: entry?.file,
    progress: entry?.progress,
    result: entry?.result,
    error: entry?.error,
    pause: () => entry?.pause(),
    resume: () => entry?.resume(),
    abort: () => entry?.abort(),
    reset: list.removeAll,
  }
}

export interface UploadFieldProps
  extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'onChange' | 'value'> {
  /** Of `useUploads`, e.g. `<UploadField onFiles={add} multiple />`. */
  onFiles(files: File[]): void
}

/** A file input that can be used for the same file twice. Label it as any input. */
export function UploadField({ onFiles, ...rest }: UploadFieldProps): ReactElement {
  const onChange = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(currentTarget.files ?? [])]
    currentTarget.value = ''
    if (files.length > 0) onFiles(files)
  }
  return createElement('input', { ...rest, type: 'file', onChange })
}

export type { OssUploadProps } from './element/react.ts'
export type { ServiceType, UploadEntry, UseUploadsOptions }
