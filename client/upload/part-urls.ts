/**
 * Presigned URLs in windows of at most 100, requested before they are needed and again when they expire.
 */
import type { PartWindow } from '../../src/signer/ticket.ts'
import { UploadError } from '../http/errors.ts'

/** The service's limit for one request. */
const WINDOW_PARTS = 100
/** When one of the next so many parts has no URL, a window is fetched. */
const AHEAD_PARTS = 10
/** No request starts with a URL in the last tenth of its lifetime. */
const USABLE_SHARE = 0.9
/** A window that was requested for another part may lack this one; after so many windows the service is at fault. */
const MAX_REFILLS = 5
/** Index of Complete among the parts, which count from 1. */
const COMPLETE = 0

type Complete = PartWindow['complete']

export interface PartUrls {
  /** The URL of a part, requested when there is none or it is about to expire. */
  find(partNumber: number): Promise<string>
  findComplete(): Promise<Complete>
  /** OSS called this URL expired: its whole window and all older ones are dropped. */
  drop(url: string): void
}

interface Entry extends Complete {
  usableUntil: number
}

/**
 * @param ask fetches a window
 * @param listMissing parts that are not stored yet, ascending
 * @param first the ticket's own window; a resumed upload has no such window
 * @param now milliseconds of a monotonic clock, independent of the device's time of day
 */
export function createPartUrls(
  ask: (partNumbers: number[]) => Promise<PartWindow>,
  listMissing: () => number[],
  first?: PartWindow,
  now: () => number = () => performance.now(),
): PartUrls {
  const entries: Entry[] = []
  let asking: Promise<void> | undefined

  function take({ parts, complete }: PartWindow, askedAt: number): void {
    const lifeSeconds = Number(/x-oss-expires=(\d+)/.exec(complete.url)?.[1] ?? 1e9)
    const usableUntil = askedAt + lifeSeconds * 1000 * USABLE_SHARE
    for (const { partNumber, url } of [...parts, { ...complete, partNumber: COMPLETE }]) {
      entries[partNumber] = { ...complete, url, usableUntil }
    }
  }

  function findUsable(at: number): Entry | undefined {
    const entry = entries[at]
    return entry && entry.usableUntil > now() ? entry : undefined
  }

  async function refill(must: number): Promise<void> {
    try {
      const missing = listMissing().filter((at) => at !== must && !findUsable(at))
      const askedAt = now()
      take(await ask([must, ...missing].slice(0, WINDOW_PARTS)), askedAt)
    } finally {
      asking = undefined
    }
  }

  async function findEntry(at: number): Promise<Entry> {
    for (let refills = 0; refills < MAX_REFILLS; refills += 1) {
      const entry = findUsable(at)
      if (entry) return entry
      // Every window contains Complete; at that time any part number will do.
      asking ??= refill(at || 1)
      await asking
    }
    throw new UploadError('BAD_RESPONSE', 'sign')
  }

  if (first) take(first, now())
  return {
    async find(partNumber) {
      const { url } = await findEntry(partNumber)
      const next = listMissing()
        .slice(0, AHEAD_PARTS)
        .find((at) => !findUsable(at))
      if (next && !asking) {
        asking = refill(next)
        // Not awaited: if it fails, the part that needs it asks again.
        asking.catch(() => {})
      }
      return url
    },
    findComplete: () => findEntry(COMPLETE),
    drop(url) {
      const until = entries.find((entry) => entry?.url === url)?.usableUntil ?? 0
      for (const entry of entries) if (entry?.usableUntil <= until) entry.usableUntil = 0
    },
  }
}
