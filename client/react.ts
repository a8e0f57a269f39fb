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
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { UploadError } from './http/errors.ts'
import type { Progress, UploadOptions, UploadResult, UploadState } from './options.ts'
import { upload } from './upload/uploader.ts'
import { createUploadStore, type UploadEntry, type UploadStore } from './upload-store.ts'

export interface UseUploadsOptions extends UploadOptions {
  /** Cancels what runs when the component goes away. @default false: uploads go on while the page is there */
  abortOnUnmount?: boolean
}

export interface Uploads {
  /** In the order in which they were added. */
  uploads: readonly UploadEntry[]
  /** Starts uploads; the given options take precedence. Settles with all of them. */
  add(
    files: Blob | Iterable<Blob>,
    options?: Partial<UploadOptions>,
  ): Promise<PromiseSettledResult<UploadResult>[]>
  /** Takes an entry out of the list, and cancels it when it still runs. */
  remove(key: string): void
  abortAll(): void
}

const NONE: readonly UploadEntry[] = []
const listNone = () => NONE

/** Uploads many files; all of the page share one pool, so that few are sent at a time. */
export function useUploads(options: UseUploadsOptions): Uploads {
  const [store] = useState<UploadStore>(() => createUploadStore(upload))
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  useEffect(
    () => () => {
      if (latest.current.abortOnUnmount) store.abortAll()
    },
    [store],
  )
  const uploads = useSyncExternalStore(store.subscribe, store.getSnapshot, listNone)
  const add = useCallback<Uploads['add']>(
    (files, own) => {
      const { abortOnUnmount: _, ...common } = latest.current
      const list = files instanceof Blob ? [files] : [...files]
      return Promise.allSettled(list.map((file) => store.add(file, { ...common, ...own })))
    },
    [store],
  )
  return useMemo(
    () => ({ uploads, add, remove: store.remove, abortAll: store.abortAll }),
    [uploads, add, store],
  )
}

export interface SingleUpload {
  /** Starts; an earlier one of this hook is cancelled and forgotten. @throws UploadError */
  start(file: Blob, options?: Partial<UploadOptions>): Promise<UploadResult>
  /** `idle` before the first file. */
  state: UploadState
  file: Blob | undefined
  progress: Progress | undefined
  result: UploadResult | undefined
  error: UploadError | undefined
  pause(): void
  resume(): void
  abort(): void
  /** Back to `idle`. */
  reset(): void
}

/** Uploads one file at a time. */
export function useUpload(options: UseUploadsOptions): SingleUpload {
  const { uploads, add, remove } = useUploads(options)
  const entry = uploads.at(-1)
  const shown = useRef(uploads)
  useEffect(() => {
    shown.current = uploads
  })
  const reset = useCallback(() => {
    for (const { key } of shown.current) remove(key)
  }, [remove])
  const start = useCallback<SingleUpload['start']>(
    (file, own) => {
      reset()
      const outcome = add(file, own).then(([one]) => {
        if (one?.status === 'fulfilled') return one.value
        throw one?.reason
      })
      // The state tells of it, too: whoever shows that need not use this promise.
      outcome.catch(() => {})
      return outcome
    },
    [add, reset],
  )
  return {
    start,
    state: entry?.state ?? 'idle',
    file: entry?.file,
    progress: entry?.progress,
    result: entry?.result,
    error: entry?.error,
    pause: () => entry?.pause(),
    resume: () => entry?.resume(),
    abort: () => entry?.abort(),
    reset,
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

export type { UploadEntry } from './upload-store.ts'
