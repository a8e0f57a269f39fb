/** The real sweep over the simulated bucket: listed in pages, with requests to OSS that fail. */
import type { ListedObject } from '../../../../src/protocol/xml.ts'
import { createSweep, type SweepDeps } from '../../../../src/service/delivery/sweep.ts'
import type { VirtualTime } from '../../../support/virtual-time.ts'
import type { Dice } from './dice.ts'
import type { SimulatedProcess } from './process.ts'
import type { StoredObject, Traffic } from './traffic.ts'

const MINUTE_MS = 60_000
const EVERY_MS = 60 * MINUTE_MS
const OLDER_THAN_SECONDS = 15 * 60
const PAGE_SIZE = 3

export interface SweepingOptions {
  time: VirtualTime
  dice: Dice
  traffic: Traffic
  isQuiet: () => boolean
}

function createDeps(
  { outbox, timers }: SimulatedProcess,
  { time, dice, traffic, isQuiet }: SweepingOptions,
): SweepDeps {
  /** Every request may fail, and takes its time; the process may end meanwhile. */
  async function request(): Promise<void> {
    await new Promise<void>((resolve) => timers.set(resolve, dice.between(1, 200)))
    if (!isQuiet() && dice.chance(0.1)) throw new Error('OSS could not be reached.')
  }
  // In some histories the keys do not name their upload.
  const hasIds = dice.chance(0.7)

  function list(): [string, StoredObject][] {
    return [...traffic.bucket.values()]
      .map((stored): [string, StoredObject] => [stored.receipt.key, stored])
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  return {
    outbox,
    now: () => new Date(time.now()),
    areas: [
      {
        prefix: 'avatars/',
        readId: (key) => (hasIds ? /\/(up-\d+)\.png$/.exec(key)?.[1] : undefined),
        isOurs: true,
      },
    ],
    async listObjects(_, after = '') {
      await request()
      const rest = list().filter(([key]) => key > after)
      const entries = rest.slice(0, PAGE_SIZE).map(
        ([key, { receipt, storedAt }]): ListedObject => ({
          key,
          size: receipt.size,
          lastModified: new Date(storedAt),
        }),
      )
      return { entries, ...(rest.length > PAGE_SIZE && { next: entries.at(-1)?.key }) }
    },
    listUploads: async () => ({ entries: [] }),
    abort: async () => {},
    async readReceipt(key) {
      await request()
      const stored = list().find(([name]) => name === key)?.[1]
      return stored && { ...stored.receipt, via: 'sweep', unverified: {} }
    },
  }
}

/** Sweeps from time to time as long as the process lives. */
export function startSweeping(process: SimulatedProcess, options: SweepingOptions): void {
  const sweep = createSweep(createDeps(process, options))
  function sweepLater(afterMs: number): void {
    process.timers.set(() => {
      sweep({ olderThanSeconds: OLDER_THAN_SECONDS }).finally(() => sweepLater(EVERY_MS))
    }, afterMs)
  }
  sweepLater(MINUTE_MS)
}
