/**
 * A list of uploads that user interfaces can watch: each change makes a new list and a new entry, nothing is changed in place.
 * For React's `useSyncExternalStore`, and whatever works alike.
 */
import type { UploadError } from './http/errors.ts'
import type { Progress, Upload, UploadOptions, UploadResult, UploadState } from './options.ts'

/** One upload as it is at a moment. */
export interface UploadEntry<Result = UploadResult> {
  /** Of this list; not the upload's id of the service. */
  readonly key: string
  readonly file: Blob
  /** `file.name`; empty for a Blob. */
  readonly name: string
  readonly state: UploadState
  readonly progress: Progress
  readonly result: Result | undefined
  readonly error: UploadError | undefined
  pause(): void
  /** After `pause()`, or once more after a failure. */
  resume(): void
  abort(): void
}

export interface UploadStore<Result = UploadResult> {
  /** The same list until something changes. */
  getSnapshot(): readonly UploadEntry<Result>[]
  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void
  add(file: Blob, options: UploadOptions): Promise<Result>
  /** Cancels it when it still runs. */
  remove(key: string): void
  abortAll(): void
}

export type StartUpload<Result = UploadResult> = (
  file: Blob,
  options: UploadOptions,
) => Upload<Result> & Promise<Result>

const ENDED: readonly UploadState[] = ['done', 'failed', 'stored', 'aborted']

/** @param start `upload` of this client, or of an uploader */
export function createUploadStore<Result = UploadResult>(
  start: StartUpload<Result>,
): UploadStore<Result> {
  const handles = new Map<string, Upload<Result>>()
  const listeners = new Set<() => void>()
  let entries: readonly UploadEntry<Result>[] = []
  let count = 0

  function set(next: readonly UploadEntry<Result>[]): void {
    entries = next
    for (const listener of listeners) listener()
  }

  /** Of an upload that was removed nothing is shown any more. */
  function change(key: string, more: Partial<UploadEntry<Result>>): void {
    if (!handles.has(key)) return
    set(entries.map((entry) => (entry.key === key ? { ...entry, ...more } : entry)))
  }

  function watch(key: string, outcome: Promise<Result>): Promise<Result> {
    return outcome.then(
      (result) => {
        change(key, { result, error: undefined })
        return result
      },
      (error: UploadError) => {
        change(key, { error })
        throw error
      },
    )
  }

  function stop(key: string): void {
    const handle = handles.get(key)
    if (handle && !ENDED.includes(handle.state)) void handle.abort()
  }

  return {
    getSnapshot: () => entries,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(file, options) {
      count += 1
      const key = String(count)
      const handle = start(file, {
        ...options,
        onProgress(progress) {
          options.onProgress?.(progress)
          change(key, { progress, state: progress.state })
        },
        onStateChange(state) {
          options.onStateChange?.(state)
          change(key, { state })
        },
      })
      handles.set(key, handle)
      const { state, progress } = handle
      const entry: UploadEntry<Result> = {
        key,
        file,
        name: file instanceof File ? file.name : '',
        state,
        progress,
        result: undefined,
        error: undefined,
        pause: () => handle.pause(),
        resume() {
          change(key, { error: undefined })
          // The entry tells of a failure; this promise is nobody's.
          watch(key, handle.resume()).catch(() => {})
        },
        abort: () => void handle.abort(),
      }
      set([...entries, entry])
      return watch(key, handle)
    },
    remove(key) {
      stop(key)
      handles.delete(key)
      set(entries.filter((entry) => entry.key !== key))
    },
    abortAll() {
      for (const key of handles.keys()) stop(key)
    },
  }
}
