/**
 * Port: where bytes and records are stored. The memory implementation is the default; `disk-store.ts` is the other.
 */

/** Writes a blob, which can be read after `finish`. */
export interface BlobWriter {
  /** If it returns a promise, await it before the next chunk. The chunk must not change afterwards. */
  write(chunk: Uint8Array): Promise<void> | undefined
  /** @returns the blob's id */
  finish(): Promise<string>
  discard(): Promise<void>
}

/** A record is JSON under a name; `undefined` removes it. */
export type RecordChange = [name: string, value: unknown]

export interface Storage {
  createBlob(): BlobWriter
  /** Bytes `start` … `end` (exclusive). */
  readBlob(id: string, start: number, end: number): AsyncIterable<Uint8Array>
  deleteBlob(id: string): Promise<void>
  /** Everything that was saved by an earlier run. */
  load(): Promise<RecordChange[]>
  /** Saves all changes or none; they are durable when the promise resolves. */
  save(changes: RecordChange[]): Promise<void>
  /** After `load`: deletes all other blobs. */
  keepOnly(ids: ReadonlySet<string>): Promise<void>
  close(): Promise<void>
}

export function createMemoryStorage(): Storage {
  const blobs = new Map<string, Uint8Array[]>()
  let count = 0

  return {
    createBlob() {
      const chunks: Uint8Array[] = []
      return {
        write: (chunk) => {
          if (chunk.byteLength > 0) chunks.push(chunk)
          return undefined
        },
        async finish() {
          count += 1
          const id = String(count)
          blobs.set(id, chunks)
          return id
        },
        discard: async () => void chunks.splice(0),
      }
    },

    async *readBlob(id, start, end) {
      let at = 0
      for (const chunk of blobs.get(id) ?? []) {
        const from = Math.max(0, start - at)
        const to = Math.min(chunk.byteLength, end - at)
        if (from < to) yield chunk.subarray(from, to)
        at += chunk.byteLength
        if (at >= end) return
      }
    },

    deleteBlob: async (id) => void blobs.delete(id),
    load: async () => [],
    save: async () => {},
    keepOnly: async () => {},
    close: async () => blobs.clear(),
  }
}
