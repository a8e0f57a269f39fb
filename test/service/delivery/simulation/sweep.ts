/**
 * A stand-in for the sweep, as small as it can be: what is in the bucket and nobody recorded is recorded.
 */
import type { VirtualTime } from '../../../support/virtual-time.ts'
import type { SimulatedProcess } from './process.ts'
import type { Traffic } from './traffic.ts'

const MINUTE_MS = 60_000
const EVERY_MS = 60 * MINUTE_MS
const OLDER_THAN_MS = 15 * MINUTE_MS

async function sweepOnce({ outbox }: SimulatedProcess, traffic: Traffic, now: number) {
  const ids: string[] = []
  for (const [id, { storedAt }] of traffic.bucket) if (now - storedAt > OLDER_THAN_MS) ids.push(id)
  for (const id of await outbox.missing(ids)) {
    const stored = traffic.bucket.get(id)
    if (stored) await outbox.accept({ ...stored.receipt, via: 'sweep', unverified: {} }, 0)
  }
}

/** Sweeps from time to time as long as the process lives. */
export function startSweeping(process: SimulatedProcess, time: VirtualTime, traffic: Traffic) {
  function sweepLater(afterMs: number): void {
    process.timers.set(() => {
      sweepOnce(process, traffic, time.now())
        .catch(() => {})
        .finally(() => sweepLater(EVERY_MS))
    }, afterMs)
  }
  sweepLater(MINUTE_MS)
}
