/** A worker over a store in memory, on virtual time, with the application's calls noted. */
import { recordStored } from '../../../src/service/delivery/delivery-record.ts'
import { createDeliveryWorker } from '../../../src/service/delivery/delivery-worker.ts'
import type { Deliver, DeliveryReport } from '../../../src/service/delivery/outbox.ts'
import { RETRY_LIMITS } from '../../../src/service/delivery/retry-plan.ts'
import type { WaitedClaim } from '../../../src/service/delivery/waited-queue.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'
import { createTestStore } from './memory-store.ts'
import { buildReceipt } from './outbox-contract.ts'

export const HOUR_MS = 3_600_000

export interface Started {
  id: string
  at: number
  number: number
}

export function createWorker(deliver: Deliver = async () => '{}', backlogPerSecond = 10_000) {
  const time = createVirtualTime()
  const store = createTestStore()
  const started: Started[] = []
  const reports: DeliveryReport[] = []
  const startedAt = time.now()
  const worker = createDeliveryWorker({
    store,
    deliver(receipt, attempt) {
      started.push({ id: receipt.id, at: time.now() - startedAt, number: attempt.number })
      return deliver(receipt, attempt)
    },
    now: time.now,
    timers: time.timers,
    random: () => 0.5,
    concurrency: { waited: 2, backlog: 3 },
    backlogPerSecond,
    retry: RETRY_LIMITS,
    attemptMs: 15_000,
    waitedAttemptMs: 4000,
    retentionMs: 24 * HOUR_MS,
    onSettled: () => {},
    report: (report) => reports.push(report),
  })
  function add(...ids: string[]): void {
    for (const id of ids) {
      const now = time.now()
      store.ledger.add(recordStored(buildReceipt(id)), { now, nextAt: now, attempts: 0 })
    }
  }
  /** Runs without waiting for the end; the date it returns is filled in later. */
  function run(budgetMs?: number): { next?: Date | undefined; isOver: boolean } {
    const outcome: { next?: Date | undefined; isOver: boolean } = { isOver: false }
    worker.run(budgetMs === undefined ? {} : { budgetMs }).then((next) => {
      outcome.next = next
      outcome.isOver = true
    })
    return outcome
  }
  /** Records it, claimed, for a caller that waits so long. */
  function wait(id: string, waitMs = 3000): WaitedClaim {
    const stored = recordStored(buildReceipt(id))
    const [since, leaseUntil] = [time.now(), worker.leaseFirst()]
    store.ledger.add(stored, { now: since, nextAt: leaseUntil, attempts: 1 })
    const claim = { ...stored, attempts: 1, since, isPreviousEnded: true }
    const waited = { claim, leaseUntil, readLeftMs: () => since + waitMs - time.now() }
    worker.startWaited(waited)
    return waited
  }
  return { time, store, worker, started, reports, add, run, wait }
}

/** An application that never responds. */
export const hang = () => new Promise<string>(() => {})

export const ids = (count: number) => Array.from({ length: count }, (_, at) => `up-${at}`)
