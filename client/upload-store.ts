/**
 * A list of uploads that user interfaces can watch: each change makes a new list and a new entry, nothing is changed in place.
 * For React's `useSyncExternalStore`, and whatever works alike.
 */
import type { UploadError } from './http/errors.ts'
import type { Progress, Upload, UploadOptions, UploadResult, UploadState } from './options.ts'

/** One upload as it is at a moment. */
export interface UploadEntry {
  /** Of this list; not the upload's id of the service. */
  readonly key: string
  readonly file: Blob
  /** `file.name`; empty for a Blob. */
  readonly name: string
  readonly state: UploadState
  readonly progress: Progress
  readonly result: UploadResult | undefined
  readonly error: UploadError | undefined
  pause(): void
  /** After `pause()`, or once more after a failure. */
  resume(): void
  abort(): void
}

export interface UploadStore {
  /** The same list until something changes. */
  getSnapshot(): readonly UploadEntry[]
  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void
  add(file: Blob, options: UploadOptions): Promise<UploadResult>
  /** Cancels it when it still runs. */
  remove(key: string): void
  abortAll(): void
}

export type StartUpload = (file: Blob, options: UploadOptions) => Upload & Promise<UploadResult>

const ENDED: readonly UploadState[] = ['done', 'failed', 'stored', 'aborted']

/** @param start `upload` of this client, or of an uploader */
export function createUploadStore(start: StartUpload): UploadStore {
  const handles = new Map<string, Upload>()
  const listeners = new Set<() => void>()
  let entries: readonly UploadEntry[] = []
  let count = 0

  function set(next: readonly UploadEntry[]): void {
    entries = next
    for (const listener of listeners) listener()
  }

  /** Of an upload that was removed nothing is shown any more. */
  function change(key: string, more: Partial<UploadEntry>): void {
    if (!handles.has(key)) return
    set(entries.map((entry) => (entry.key === key ? { ...entry, ...more } : entry)))
  }

  function watch(key: string, outcome: Promise<UploadResult>): Promise<UploadResult> {
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
      const entry: UploadEntry = {
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
