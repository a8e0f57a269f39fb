/**
 * The outbox of one Durable Object while the application is down and afterwards, receipt by receipt, with the product's
 * own retry plan, pace and order of what is due. For few receipts: it checks the fluid of `outage.ts`.
 */
import { createDueQueue } from '../../src/service/delivery/due-queue.ts'
import { createPace } from '../../src/service/delivery/pace.ts'
import { planRetry } from '../../src/service/delivery/retry-plan.ts'
import { createRandom } from './random.ts'
import { createSimulation } from './simulation.ts'

export interface OutageEventsOptions {
  perSecond: number
  downSeconds: number
  runSeconds: number
  /** Pace and slots of attempts that nobody waits for. */
  backlogPerSecond: number
  backlogSlots: number
  /** How long an attempt takes, ms. */
  attemptMs: { down: number; up: number }
  seed: number
}

export interface OutageEventsResult {
  depths: number[]
  recorded: number
  delivered: number
  failedAttempts: number
}

interface Receipt {
  sinceMs: number
  attempts: number
}

export function simulateOutageEvents(options: OutageEventsOptions): OutageEventsResult {
  const { perSecond, downSeconds, runSeconds, backlogSlots, attemptMs, seed } = options
  const simulation = createSimulation()
  const random = createRandom(seed)
  const pace = createPace(options.backlogPerSecond, () => simulation.nowMs)
  const due = createDueQueue()
  const receipts: Receipt[] = []
  const depths: number[] = []
  let [delivered, failedAttempts, running] = [0, 0, 0]
  let isWaitingForPace = false

  function waitForPace(): void {
    if (isWaitingForPace) return
    isWaitingForPace = true
    // At least 1 ms, as timers have it: a rest of rounding would make it wake at the same time for ever.
    simulation.after(Math.max(1, pace.nextAt - simulation.nowMs), () => {
      isWaitingForPace = false
      startDue()
    })
  }

  /** Starts what is due, as many as pace and slots allow. */
  function startDue(): void {
    for (let next = due.peek(); next; next = due.peek()) {
      if (next.nextAt > simulation.nowMs || running >= backlogSlots) return
      if (pace.allowance() === 0) {
        waitForPace()
        return
      }
      due.pop()
      pace.spend(1)
      running += 1
      attempt(next.position, () => {
        running -= 1
        startDue()
      })
    }
  }

  function attempt(position: number, onEnd: () => void): void {
    const isDown = simulation.nowMs < 1000 * downSeconds
    simulation.after(isDown ? attemptMs.down : attemptMs.up, () => {
      const receipt = receipts[position]
      if (!receipt) return
      receipt.attempts += 1
      if (isDown) {
        failedAttempts += 1
        postpone(position, receipt)
      } else delivered += 1
      onEnd()
    })
  }

  function postpone(position: number, { attempts, sinceMs }: Receipt): void {
    const [since, now] = [new Date(sinceMs), new Date(simulation.nowMs)]
    const nextAt = planRetry({ attempts, since, now, random: random.next })?.getTime()
    if (nextAt === undefined) return
    due.push({ eventId: String(position), nextAt, position })
    simulation.after(Math.max(0, nextAt - simulation.nowMs), startDue)
  }

  function record(): void {
    receipts.push({ sinceMs: simulation.nowMs, attempts: 0 })
    attempt(receipts.length - 1, () => {})
    simulation.after(random.exponential(1000 / perSecond), record)
  }

  simulation.after(random.exponential(1000 / perSecond), record)
  for (let second = 1; second <= runSeconds; second += 1) {
    simulation.run(1000 * second)
    depths.push(receipts.length - delivered)
  }
  return { depths, recorded: receipts.length, delivered, failedAttempts }
}
