/** Uploads: the bucket, OSS's callbacks (lost, doubled, late) and pages that confirm or are closed. */
import type { DeliveryState } from '../../../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../../../src/signer/accept-callback.ts'
import type { VirtualTime } from '../../../support/virtual-time.ts'
import { buildReceipt } from '../outbox-contract.ts'
import type { Dice } from './dice.ts'
import type { SimulatedProcess } from './process.ts'

const MINUTE_MS = 60_000
/** OSS waits so long for a callback, ms. @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
const OSS_WAIT_MS = 5000
/** What the service waits for the application, ms. */
const WAIT_MS = 4000

export interface StoredObject {
  receipt: Receipt
  storedAt: number
}

export interface Traffic {
  /** Upload id → the object as it is now. */
  readonly bucket: ReadonlyMap<string, StoredObject>
  /** Upload ids for which OSS or a page got 200. */
  readonly acknowledged: ReadonlySet<string>
  /** Upload id → the responses of the application that pages got. */
  readonly responses: ReadonlyMap<string, ReadonlySet<string>>
  /** Callers that waited longer than they asked for. */
  readonly overdue: readonly string[]
  readonly isOver: boolean
}

export interface TrafficOptions {
  time: VirtualTime
  dice: Dice
  uploads: number
  /** The last one begins within this time, ms. */
  withinMs: number
  readProcess: () => SimulatedProcess | undefined
  /** OSS or a page got 200. */
  onAcknowledged: (process: SimulatedProcess) => void
  accept: (process: SimulatedProcess, receipt: Receipt, waitMs: number) => Promise<DeliveryState>
}

type Outcome = DeliveryState | 'failed'

export function startTraffic(options: TrafficOptions): Traffic {
  const { time, dice, uploads, withinMs, readProcess, accept, onAcknowledged } = options
  const bucket = new Map<string, StoredObject>()
  const acknowledged = new Set<string>()
  const responses = new Map<string, Set<string>>()
  const overdue: string[] = []
  let running = uploads

  const sleep = (ms: number) => new Promise<void>((resolve) => time.timers.set(resolve, ms))

  function isStored(receipt: Receipt): boolean {
    return bucket.get(receipt.id)?.receipt.etag === receipt.etag
  }

  /** A callback or a confirmation, as its caller sees it: the process may be down, or end meanwhile. */
  async function call(receipt: Receipt): Promise<Outcome> {
    const process = readProcess()
    if (!process || !isStored(receipt)) return 'failed'
    const failed: Outcome = 'failed'
    const calledAt = time.now()
    const accepted = accept(process, receipt, WAIT_MS).then(
      (state) => {
        if (process.isAlive && time.now() - calledAt > WAIT_MS + 500) overdue.push(receipt.id)
        return state
      },
      () => failed,
    )
    const outcome = await Promise.race([accepted, sleep(OSS_WAIT_MS).then(() => failed)])
    if (!process.isAlive || outcome === 'failed') return 'failed'
    acknowledged.add(receipt.id)
    onAcknowledged(process)
    if (outcome.state === 'done') {
      const texts = responses.get(receipt.id) ?? new Set()
      responses.set(receipt.id, texts.add(outcome.response))
    }
    return outcome
  }

  async function callLater(receipt: Receipt): Promise<void> {
    await sleep(dice.between(10, 10 * MINUTE_MS))
    await call(receipt)
  }

  /** As the client does it after a 203 or `accepted`; people close tabs. */
  async function confirm(receipt: Receipt, first: Outcome): Promise<void> {
    let outcome = first
    for (let time = 0; time < 6; time += 1) {
      if ((outcome !== 'failed' && outcome.state !== 'due') || dice.chance(0.2)) return
      await sleep(dice.between(500, 30_000))
      outcome = await call({ ...receipt, via: 'confirm', unverified: {} })
    }
  }

  async function upload(id: string): Promise<void> {
    await sleep(dice.between(0, withinMs))
    const receipt = { ...buildReceipt(id), at: new Date(time.now()) }
    bucket.set(id, { receipt, storedAt: time.now() })
    await sleep(dice.between(1, 50))
    const outcome = dice.chance(0.1) ? 'failed' : await call(receipt)
    const others: Promise<void>[] = []
    if (dice.chance(0.1)) others.push(callLater(receipt))
    if (!dice.chance(0.2)) others.push(confirm(receipt, outcome))
    await Promise.all(others)
    if (dice.chance(0.03)) {
      const replaced = { ...receipt, etag: 'REPLACED', crc64: '7' }
      bucket.set(id, { receipt: replaced, storedAt: time.now() })
      if (dice.chance(0.5)) await call(replaced)
    }
  }

  for (let at = 0; at < uploads; at += 1) {
    void upload(`up-${at}`).finally(() => {
      running -= 1
    })
  }
  return {
    bucket,
    acknowledged,
    responses,
    overdue,
    get isOver() {
      return running === 0
    },
  }
}
