/** One delivery as a BullMQ job: its data, its id, and the state that its fields tell. */
import type { Job } from 'bullmq'
import { type DeliveryRecord, decodeReceipt } from '../../service/delivery/delivery-record.ts'
import type { DeadDelivery, DeliveryState } from '../../service/delivery/outbox.ts'

/**
 * Texts only: PostgreSQL stores the data as `jsonb`, which keeps neither the order of names nor an escaped NUL, but
 * keeps the receipt's text within a string as it is.
 */
export interface DeliveryData extends DeliveryRecord {
  /** Until when the caller of the first record waits, ms since 1970; 0: nobody waits. */
  waitUntil: number
}

/** What a job needs beside its data, stored as its `progress`. */
export interface DeliveryProgress {
  /** Of the last replay, ms since 1970: the period of retries begins anew. */
  since?: number
  /** How often a worker took the job and moved it to a later time without an attempt. */
  moved?: number
  /** `stalledCounter` up to which nothing is to be done; BullMQ never sets it back. */
  stallsHandled?: number
}

export type DeliveryJob = Job<DeliveryData, string>

/** The part of `Queue` that the outbox uses, whatever its backend is. */
export interface DeliveryQueue {
  add(name: string, data: DeliveryData, options: { jobId: string; priority: number }): unknown
  getJob(jobId: string): Promise<DeliveryJob | undefined>
  getJobs(states: JobList[], start: number, end: number, asc: boolean): Promise<DeliveryJob[]>
  getJobCounts(...states: JobList[]): Promise<Record<string, number>>
  close(): Promise<void>
}

export type JobList = 'waiting' | 'prioritized' | 'delayed' | 'active' | 'failed'

/** The states of what is due, as BullMQ names them. */
export const DUE_LISTS: JobList[] = ['waiting', 'prioritized', 'delayed', 'active']

/** Numbers alone, names of BullMQ's own keys and colons are no job ids: hence a prefix, and escapes. */
export const toJobId = (eventId: string): string => `e-${encodeURIComponent(eventId)}`

/** Nothing else writes it: an object is ours. */
const readProgress = ({ progress }: DeliveryJob): DeliveryProgress =>
  typeof progress === 'object' ? progress : {}

/** The running attempt counts, and those that ended with their process. */
export const countAttempts = (job: DeliveryJob): number =>
  Math.max(0, job.attemptsStarted - (readProgress(job).moved ?? 0))

/** Whether the attempt before ended with its process, and nothing was done about it yet. */
export const hasNewStall = (job: DeliveryJob): boolean =>
  job.stalledCounter > (readProgress(job).stallsHandled ?? 0)

/** When the period of retries began. */
export const readSince = (job: DeliveryJob): Date =>
  new Date(readProgress(job).since ?? job.timestamp)

/** This start of the job is no attempt. */
export function noteMoved(job: DeliveryJob): Promise<void> {
  const { moved = 0, ...progress } = readProgress(job)
  return job.updateProgress({ ...progress, moved: moved + 1, stallsHandled: job.stalledCounter })
}

/** Before a replay: a new period of retries. */
export const beginAnew = (job: DeliveryJob): Promise<void> =>
  job.updateProgress({ since: Date.now(), stallsHandled: job.stalledCounter })

const NEXT_ATTEMPT = /^next attempt at (\S+)$/

/**
 * A failed attempt, thrown to the worker of BullMQ. The message is stored as `failedReason`, the stack as `stacktrace`,
 * both in the step that ends the attempt: the stack tells when the next one starts, and no file of this machine.
 */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed'
  /** `undefined`: no further attempt. */
  readonly nextAt: Date | undefined

  constructor(message: string, nextAt: Date | undefined) {
    super(message)
    this.nextAt = nextAt
    this.stack = nextAt ? `next attempt at ${nextAt.toISOString()}` : 'no further attempt'
  }
}

function readNextAt(job: DeliveryJob): number {
  const planned = Date.parse(NEXT_ATTEMPT.exec(job.stacktrace?.at(-1) ?? '')?.[1] ?? '') || 0
  // A delay is set only while the job waits for its time.
  const delayed = job.delay > 0 ? (job.processedOn ?? job.timestamp) + job.delay : 0
  return Math.max(job.timestamp, planned, delayed)
}

export function isDead(job: DeliveryJob): boolean {
  return job.finishedOn !== undefined && typeof job.returnvalue !== 'string'
}

export function toState(job: DeliveryJob): DeliveryState {
  const attempts = countAttempts(job)
  if (isDead(job)) return { state: 'dead', attempts, error: job.failedReason ?? '' }
  if (job.finishedOn) return { state: 'done', response: job.returnvalue }
  return { state: 'due', attempts, nextAt: new Date(readNextAt(job)) }
}

export function toDead(job: DeliveryJob): DeadDelivery {
  const { eventId, uploadId, event, receipt } = job.data
  return {
    eventId,
    uploadId,
    event,
    receipt: decodeReceipt(receipt),
    attempts: countAttempts(job),
    error: job.failedReason ?? '',
    deadAt: new Date(job.finishedOn ?? 0),
  }
}
