/**
 * Reads an object's bytes from its blobs. A blob that is deleted while it is read stays until the last reader is done.
 */
import type { ReplyStream } from '../http/message.ts'
import type { Storage } from './storage.ts'

/** Storage whose blobs can be pinned: a pinned blob is deleted when its last pin is removed. */
export interface PinnableStorage extends Storage {
  /** @returns removes the pins; further calls do nothing */
  pin(ids: string[]): () => void
}

export function createPinnableStorage(storage: Storage): PinnableStorage {
  const pins = new Map<string, number>()
  const deleteLater = new Set<string>()

  return {
    ...storage,
    async deleteBlob(id) {
      if (pins.has(id)) deleteLater.add(id)
      else await storage.deleteBlob(id)
    },
    pin(ids) {
      for (const id of ids) pins.set(id, (pins.get(id) ?? 0) + 1)
      let isPinned = true
      return () => {
        if (!isPinned) return
        isPinned = false
        for (const id of ids) {
          const left = (pins.get(id) ?? 1) - 1
          if (left > 0) pins.set(id, left)
          else {
            pins.delete(id)
            // If this fails, the blob goes at the next start, because no record names it.
            if (deleteLater.delete(id)) storage.deleteBlob(id).catch(() => {})
          }
        }
      }
    },
  }
}

/** Bytes `start` … `end` (exclusive) of these blobs in a row. */
export function readStoredBytes(
  storage: PinnableStorage,
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
  const close = storage.pin(wanted.map(({ id }) => id))

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (const { id, from, to } of wanted) yield* storage.readBlob(id, from, to)
    } finally {
      close()
    }
  }

  return { chunks: read(), close }
}
