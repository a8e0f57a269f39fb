/** What the entries for React, Vue, Svelte and Solid have in common: a list of uploads whose options are read late. */
import type { UploadOptions } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { upload } from './upload/uploader.ts'
import { createUploadStore, type UploadEntry } from './upload-store.ts'

export interface UseUploadsOptions extends UploadOptions {
  /** Cancels what runs when the component goes away. @default false: uploads go on while the page is there */
  abortOnUnmount?: boolean
}

export interface UploadList<Service extends ServiceType = ServiceType> {
  /** In the order in which they were added; the same list until something changes. */
  getSnapshot(): readonly UploadEntry<ResultOf<Service>>[]
  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void
  /** Starts uploads; the given options take precedence. Settles with all of them. */
  add(
    files: Blob | Iterable<Blob>,
    options?: Partial<UploadOptions>,
  ): Promise<PromiseSettledResult<ResultOf<Service>>[]>
  /** Starts an upload; all earlier ones of this list are cancelled and forgotten. @throws UploadError */
  replace(file: Blob, options?: Partial<UploadOptions>): Promise<ResultOf<Service>>
  /** Takes an entry out of the list, and cancels it when it still runs. */
  remove(key: string): void
  removeAll(): void
  abortAll(): void
  /** For the end of the component: `abortOnUnmount`. */
  unmount(): void
}

/** @param readOptions called for each file, so that the newest options count */
export function createUploadList<Service extends ServiceType = ServiceType>(
  readOptions: () => UseUploadsOptions,
): UploadList<Service> {
  const store = createUploadStore<ResultOf<Service>>(upload<Service>)

  function start(file: Blob, own?: Partial<UploadOptions>): Promise<ResultOf<Service>> {
    const { abortOnUnmount: _, ...common } = readOptions()
    return store.add(file, { ...common, ...own })
  }

  function removeAll(): void {
    for (const { key } of store.getSnapshot()) store.remove(key)
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    add(files, own) {
      const list = files instanceof Blob ? [files] : [...files]
      return Promise.allSettled(list.map((file) => start(file, own)))
    },
    replace(file, own) {
      removeAll()
      const outcome = start(file, own)
      // The entry shows a failure, too: the caller need not use this promise.
      outcome.catch(() => {})
      return outcome
    },
    remove: store.remove,
    removeAll,
    abortAll: store.abortAll,
    unmount() {
      if (readOptions().abortOnUnmount) store.abortAll()
    },
  }
}
