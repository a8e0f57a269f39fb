/**
 * An object's bytes from its blobs. While somebody reads, nothing that he reads is removed.
 */
import type { ReplyStream } from '../http/message.ts'
import type { Storage } from './storage.ts'

/** Storage whose blobs outlive their deletion until the last reader is done. */
export interface LeasedStorage extends Storage {
  lease(ids: string[]): () => void
}

export function createLeasedStorage(storage: Storage): LeasedStorage {
  const readers = new Map<string, number>()
  const doomed = new Set<string>()

  return {
    ...storage,
    async deleteBlob(id) {
      if (readers.has(id)) doomed.add(id)
      else await storage.deleteBlob(id)
    },
    lease(ids) {
      for (const id of ids) readers.set(id, (readers.get(id) ?? 0) + 1)
      let released = false
      return () => {
        if (released) return
        released = true
        for (const id of ids) {
          const left = (readers.get(id) ?? 1) - 1
          if (left > 0) readers.set(id, left)
          else {
            readers.delete(id)
            // A blob that cannot be removed now goes at the next start: nobody knows it any more.
            if (doomed.delete(id)) storage.deleteBlob(id).catch(() => {})
          }
        }
      }
    },
  }
}

/** Bytes `start` … `end` (exclusive) of blobs that lie one after the other. */
export function readStoredBytes(
  storage: LeasedStorage,
  blobs: { id: string; size: number }[],
  start: number,
  end: number,
): ReplyStream {
  const wanted: { id: string; from: number; to: number }[] = []
  let at = 0
  for (const { id, size } of blobs) {
    const from = Math.max(0, start - at)
    const to = Math.min(size, end - at)
    if (from < to) wanted.push({ id, from, to })
    at += size
  }
  const close = storage.lease(wanted.map(({ id }) => id))

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (const { id, from, to } of wanted) yield* storage.readBlob(id, from, to)
    } finally {
      close()
    }
  }

  return { chunks: read(), close }
}
