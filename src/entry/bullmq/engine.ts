/** What the outbox needs of a backend of BullMQ, and what both backends share. */
import type * as BullMQ from 'bullmq'
import { describeError } from '../../service/delivery/attempt.ts'
import { OutboxError } from '../../service/delivery/outbox.ts'
import type { Attempts } from './attempts.ts'
import type { DeliveryData, DeliveryQueue } from './job.ts'

export type BullModule = typeof BullMQ

export interface OpenOptions {
  /** Of the queue. */
  name: string
  concurrency: number
  lockMs: number
  retentionMs: number
  attempts: Attempts
  /** ms after which a failed attempt is made again; -1: never. */
  planDelay(attemptsMade: number, error: Error | undefined): number
  onError(error: Error): void
  /** With the id of a job that is done, dead, or due again. */
  onSettled(jobId: string): void
}

export interface OpenQueue {
  queue: DeliveryQueue
  worker: { run(): Promise<void>; close(): Promise<void>; disconnect(): Promise<void> }

  events: { close(): Promise<void> }
}

export interface DurabilityReport {
  /** Without these it must not start: a crash loses receipts. */
  refusals: string[]
  /** What is less than it could be, or trusted and not checked. */
  problems: string[]
}

export interface Engine {
  checkDurability(): Promise<DurabilityReport>
  open(options: OpenOptions): Promise<OpenQueue>
  /** Whether this error says that the store has no space left. */
  isFull(error: unknown): boolean
  /**
   * Before the queue is closed: a lost connection is lost for good from now on. BullMQ waits for ever for the end of a
   * connection that waits to be made again.
   */
  stopReconnecting(): Promise<void>
  close(): Promise<void>
}

/** @throws {OutboxError} `OUTBOX_UNSUPPORTED` that names the package to install */
export async function loadPackage<T>(load: () => Promise<T>, name: string): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new OutboxError(
      'OUTBOX_UNSUPPORTED',
      `This outbox needs the package ${name}. Install it: npm install ${name}`,
      { cause },
    )
  }
}

/** BullMQ's own limit would end the retries: the retry plan decides instead. */
const MAX_ATTEMPTS = 1_000_000

/** A delivery whose process ended is due again however often that happens; the retry plan gives it up. The largest `integer` of PostgreSQL. */
const MAX_STALLS = 2_147_483_647

/** Entries of the event stream, which hold the responses, too. Who misses one reads the state again. */
const MAX_EVENTS = 1000

/** ms. After an error of the store, its result is recorded again after this. BullMQ's default of 15 s outlasts the locks. */
const RECORD_AGAIN_MS = 1000

export interface QueueConnections<C> {
  queue: C
  worker: C
  events: C
}

/** Opens queue, worker and events on one backend of BullMQ. */
export async function openQueue<B extends BullMQ.IQueueBackend, C>(
  bullmq: BullModule,
  backend: BullMQ.BackendFactory<B, C>,
  connections: QueueConnections<C>,
  options: OpenOptions,
): Promise<OpenQueue> {
  const { name, concurrency, lockMs, retentionMs, attempts, planDelay, onError, onSettled } =
    options
  const { Queue, Worker, QueueEvents } = bullmq.withBackend(backend)
  // In braces: on a Redis Cluster all keys of the queue must be in one slot.
  const prefix = '{upcall}'
  const queue = new Queue<DeliveryData, string>(name, {
    connection: connections.queue,
    prefix,
    streams: { events: { maxLen: MAX_EVENTS } },
    defaultJobOptions: {
      attempts: MAX_ATTEMPTS,
      backoff: { type: 'custom' },
      stackTraceLimit: 1,
      removeOnComplete: { age: Math.ceil(retentionMs / 1000) },
      removeOnFail: false,
    },
  })
  queue.on('error', onError)
  await queue.waitUntilReady()
  const events = new QueueEvents(name, { connection: connections.events, prefix })
  events.on('error', onError)
  for (const event of ['completed', 'failed', 'delayed'] as const) {
    events.on(event, ({ jobId }: { jobId: string }) => onSettled(jobId))
  }
  await events.waitUntilReady()
  const worker = new Worker<DeliveryData, string>(name, attempts.process, {
    connection: connections.worker,
    prefix,
    autorun: false,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: MAX_STALLS,
    runRetryDelay: RECORD_AGAIN_MS,
    settings: { backoffStrategy: (made, _type, error) => planDelay(made, error) },
  })
  worker.on('error', onError)
  worker.on('completed', (job) => {
    attempts.forget(job.data.eventId)
    onSettled(job.id ?? '')
  })
  worker.on('failed', (job) => onSettled(job?.id ?? ''))
  // Somebody else may hold the job by now.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId)
  })
  await worker.waitUntilReady()
  return { queue, worker, events }
}

/** Runs work on the store with a time limit. */
export type Bound = <T>(work: Promise<T>, limitMs?: number) => Promise<T>

/** The functions throw {OutboxError} `OUTBOX_FULL`, `OUTBOX_STORE` when the store fails, or does not respond in time. */
export function createBound(isFull: (error: unknown) => boolean, storeMs: number): Bound {
  return async (work, limitMs = storeMs) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no response within ${limitMs} ms`)), limitMs)
    })
    try {
      return await Promise.race([work, late])
    } catch (cause) {
      if (cause instanceof OutboxError) throw cause
      if (isFull(cause)) {
        throw new OutboxError('OUTBOX_FULL', 'The store of receipts is full.', { cause })
      }
      const words = `The store of receipts failed: ${describeError(cause)}`
      throw new OutboxError('OUTBOX_STORE', words, { cause })
    } finally {
      clearTimeout(timer)
    }
  }
}
