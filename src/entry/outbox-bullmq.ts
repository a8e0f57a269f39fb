/**
 * The outbox for several machines: BullMQ on Redis, Valkey or PostgreSQL. Each upload is one job under its own id; the
 * store lets the first record of an id win over all instances. Any instance may make an attempt; all can read its result.
 * Over 200 lines: every call works on the same job, and its options are explained here.
 */
import { describeError } from '../service/delivery/attempt.ts'
import {
  type DeliveryRecord,
  recordReplaced,
  recordStored,
} from '../service/delivery/delivery-record.ts'
import {
  type DeliveryState,
  type Outbox,
  OutboxError,
  type OutboxOptions,
} from '../service/delivery/outbox.ts'
import { planLongestDelay, RETRY_LIMITS } from '../service/delivery/retry-plan.ts'
import { systemTimers } from '../service/delivery/timers.ts'
import { createWaiters, type Deadline, type Waiter } from '../service/delivery/waiters.ts'
import { BACKLOG_PRIORITY, createAttempts } from './bullmq/attempts.ts'
import { createBound, type Engine, loadPackage } from './bullmq/engine.ts'
import { AttemptFailed, type DeliveryJob, toJobId, toState } from './bullmq/job.ts'
import { listDead, listMissing, readStats, replayJob } from './bullmq/lists.ts'
import { createPostgresEngine } from './bullmq/postgres.ts'
import { createRedisEngine } from './bullmq/redis.ts'

export interface BullmqOutboxOptions
  extends Omit<OutboxOptions, 'now' | 'concurrency' | 'waitedConcurrency'> {
  /** Attempts at once, whether a caller waits for them or not; those that are waited for come first. @default 64 */
  concurrency?: number
  /** Where the receipts are. */
  connection: { redis: string } | { postgres: string }
  /** Of the queue: outboxes with the same name on the same store share their deliveries. @default 'upcall' */
  name?: string
  /**
   * Start although Redis does not tell its settings, as many managed ones: it is trusted to write each receipt to disk
   * and to evict nothing. `problems()` lists it. @default false
   */
  assumeDurable?: boolean
  /** Time limit of one operation on the store, ms. @default 2500 (2.5 s) */
  storeMs?: number
  /**
   * When a process ends during an attempt, another one takes the delivery over after once to twice this time, ms. Longer
   * than `attemptMs`. @default 20 000 (20 s)
   */
  lockMs?: number
  /** Errors of the store that no caller sees, for the log. */
  onError?: (error: Error) => void
}

const DAY_MS = 24 * 3600 * 1000

/** A waiting caller reads the state again after this, ms, even if no event woke it. */
const POLL_MS = 500

/** Lists may read many jobs: they take this many times as long as one operation. */
const LIST_FACTOR = 10

async function createEngine(options: BullmqOutboxOptions, storeMs: number): Promise<Engine> {
  const { connection, assumeDurable = false } = options
  const bullmq = await loadPackage(() => import('bullmq'), 'bullmq')
  const engine =
    'redis' in connection
      ? await createRedisEngine(bullmq, { url: connection.redis, assumeDurable, storeMs })
      : await createPostgresEngine(bullmq, { url: connection.postgres, storeMs })
  try {
    const { refusals } = await engine.checkDurability()
    if (refusals.length > 0) throw new OutboxError('OUTBOX_STORE', refusals.join(' '))
  } catch (error) {
    await engine.close()
    throw error
  }
  return engine
}

/**
 * @throws {OutboxError} `OUTBOX_STORE` when the store does not respond, or would lose receipts in a crash;
 * `OUTBOX_UNSUPPORTED` when a package is not installed; `OUTBOX_VERSION` when a newer BullMQ wrote the store
 */
export async function createBullmqOutbox(options: BullmqOutboxOptions): Promise<Outbox> {
  const {
    deliver,
    name = 'upcall',
    random = Math.random,
    concurrency = 64,
    backlogPerSecond = 500,
    waitedAttemptMs = 4000,
    attemptMs = 15_000,
    closeMs = 5000,
    retentionMs = 14 * DAY_MS,
    storeMs = 2500,
    lockMs = 20_000,
    onError = () => {},
  } = options
  const retry = { ...RETRY_LIMITS, ...options.retry }
  const engine = await createEngine(options, storeMs)
  const waiters = createWaiters(systemTimers, Date.now)
  const stop = new AbortController()
  const bound = createBound(engine.isFull, storeMs)
  let closing: Promise<void> | undefined

  async function record(delivery: DeliveryRecord, waitUntil: number): Promise<void> {
    const priority = waitUntil > 0 ? 0 : BACKLOG_PRIORITY
    const jobId = toJobId(delivery.eventId)
    await queue.add(delivery.event, { ...delivery, waitUntil }, { jobId, priority })
  }

  const { queue, worker, events } = await engine
    .open({
      name,
      concurrency,
      lockMs,
      retentionMs,
      attempts: createAttempts({
        deliver,
        random,
        retry,
        waitedAttemptMs,
        attemptMs,
        backlogPerSecond,
        record: (dead) => record(dead, 0),
        isClosing: () => closing !== undefined,
        stop: stop.signal,
      }),
      planDelay(made, error) {
        if (!(error instanceof AttemptFailed)) return planLongestDelay(made, retry)
        return error.nextAt ? Math.max(1, error.nextAt.getTime() - Date.now()) : -1
      },
      onError,
      onSettled: waiters.wake,
    })
    .catch(async (error) => {
      await engine.close()
      throw error
    })

  function assertOpen(): void {
    if (closing) throw new OutboxError('OUTBOX_CLOSED', 'The service is stopping.')
  }

  async function find(eventId: string): Promise<DeliveryJob> {
    const job = await queue.getJob(toJobId(eventId))
    if (!job) throw new Error('the record of this upload was removed')
    return job
  }

  /** Records it unless its id is recorded already, and reads what is recorded. */
  async function recordFirst(delivery: DeliveryRecord, waitUntil: number): Promise<DeliveryJob> {
    await record(delivery, waitUntil)
    const job = await find(delivery.eventId)
    if (job.data.facts === delivery.facts) return job
    await record(recordReplaced(delivery), 0)
    throw new OutboxError(
      'RECEIPT_CONFLICT',
      'This upload is recorded with another size, type or checksum; the first record holds.',
    )
  }

  /** Until the delivery is done or dead, or no attempt can end in time. `waiter` was added before `job` was read. */
  async function waitForEnd(
    job: DeliveryJob,
    waiter: Waiter,
    deadline: Deadline,
  ): Promise<DeliveryState> {
    const { eventId } = job.data
    const state = toState(job)
    const leftMs = deadline.readLeftMs()
    const isLate = state.state === 'due' && state.nextAt.getTime() > Date.now() + leftMs
    if (state.state !== 'due' || leftMs <= 0 || isLate || closing) {
      waiter.remove()
      return state
    }
    await waiter.wait(Math.min(leftMs, POLL_MS))
    const next = waiters.add(toJobId(eventId))
    // It is recorded, whatever happens to the store now.
    const again = await bound(find(eventId)).catch(() => job)
    return waitForEnd(again, next, deadline)
  }

  async function stopAll(): Promise<void> {
    waiters.wakeAll()
    const timer = setTimeout(() => stop.abort(), closeMs)
    await engine.stopReconnecting()
    // Without the store, BullMQ waits for it: then it is disconnected, and another instance takes over.
    await bound(worker.close(), closeMs + storeMs).catch(() =>
      bound(worker.disconnect()).catch(onError),
    )
    clearTimeout(timer)
    stop.abort()
    await Promise.allSettled([bound(events.close()), bound(queue.close())])
    await engine.close()
  }

  worker.run().catch(onError)

  return {
    durable: true,
    async accept(receipt, waitMs) {
      assertOpen()
      const stored = recordStored(receipt)
      const deadline = waiters.createDeadline(waitMs)
      const waiter = waiters.add(toJobId(stored.eventId))
      try {
        const waitUntil = deadline.readLeftMs() > 0 ? Date.now() + deadline.readLeftMs() : 0
        const job = await bound(recordFirst(stored, waitUntil))
        return await waitForEnd(job, waiter, deadline)
      } finally {
        waiter.remove()
        deadline.end()
      }
    },
    async read(id) {
      const job = await bound(queue.getJob(toJobId(id)))
      return job && toState(job)
    },
    missing: (ids) => bound(listMissing(queue, ids), LIST_FACTOR * storeMs),
    dead: (page) => bound(listDead(queue, page), LIST_FACTOR * storeMs),
    async replay(eventId) {
      assertOpen()
      return bound(replayJob(queue, eventId))
    },
    stats: () => bound(readStats(queue), LIST_FACTOR * storeMs),
    async problems() {
      try {
        const { refusals, problems } = await bound(engine.checkDurability())
        return [...refusals, ...problems]
      } catch (error) {
        return [describeError(error)]
      }
    },
    close() {
      closing ??= stopAll()
      return closing
    },
  }
}
