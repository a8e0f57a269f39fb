/** The application: takes each event in once, by its id, and fails in every way that the network knows. */
import { type Deliver, DeliveryError } from '../../../../src/service/delivery/outbox.ts'
import type { VirtualTime } from '../../../support/virtual-time.ts'
import type { Dice } from './dice.ts'

const HOUR_MS = 3_600_000

export interface SimulatedApplication {
  deliver: Deliver
  /** Event id → how often it had an effect. */
  readonly effects: ReadonlyMap<string, number>
}

export interface ApplicationOptions {
  time: VirtualTime
  dice: Dice
  /** `false`: it has no table of the events that it knows. */
  hasKeys: boolean
  /** From then on (ms since 1970) it does not fail any more, but for what it never takes. */
  isQuiet: () => boolean
}

export function createSimulatedApplication({
  time,
  dice,
  hasKeys,
  isQuiet,
}: ApplicationOptions): SimulatedApplication {
  const effects = new Map<string, number>()
  let calls = 0
  /** Down for hours, in two histories of three. */
  const startedAt = time.now()
  const downs = Array.from({ length: dice.between(0, 2) }, () => {
    const from = startedAt + dice.between(0, 4 * HOUR_MS)
    return { from, to: from + dice.between(60_000, 5 * HOUR_MS), hangs: dice.chance(0.3) }
  })
  /** A receipt that it never takes in; in half of the histories not even the report of its death. */
  const poison = dice.chance(0.06) ? `up-${dice.between(0, 2)}` : undefined
  const refusesDead = dice.chance(0.5)

  const sleep = (ms: number) => new Promise<void>((resolve) => time.timers.set(resolve, ms))
  const hang = () => new Promise<never>(() => {})

  function takeIn(eventId: string): void {
    const count = effects.get(eventId) ?? 0
    if (count === 0 || !hasKeys) effects.set(eventId, count + 1)
  }

  /** Every call gets another text: pages must all see the same one nevertheless. */
  function respond(eventId: string): string {
    calls += 1
    return JSON.stringify({ eventId, calls })
  }

  async function failBefore(): Promise<void> {
    const down = downs.find(({ from, to }) => from <= time.now() && time.now() < to)
    if (down?.hangs) await hang()
    if (down) throw new Error('The connection is refused.')
    if (dice.chance(0.05)) throw new Error('The application responded with status 500.')
    if (dice.chance(0.01)) await hang()
    if (dice.chance(0.003)) throw new DeliveryError('DELIVERY_GONE', 'Status 410.')
    if (dice.chance(0.01)) {
      const retryAfterSeconds = dice.between(1, 3600)
      throw new DeliveryError('DELIVERY_FAILED', 'Status 429.', { retryAfterSeconds })
    }
  }

  async function failAfter(): Promise<void> {
    if (dice.chance(0.02)) throw new Error('The connection was cut.')
    if (dice.chance(0.01)) await hang()
  }

  return {
    effects,
    async deliver(receipt, { eventId, event }) {
      await sleep(dice.chance(0.05) ? dice.between(3000, 16_000) : dice.between(1, 300))
      if (receipt.id === poison && (event !== 'dead' || refusesDead))
        throw new Error('Cannot take this in.')
      if (!isQuiet()) await failBefore()
      takeIn(eventId)
      if (!isQuiet()) await failAfter()
      return !isQuiet() && dice.chance(0.01) ? '<html>' : respond(eventId)
    },
  }
}
