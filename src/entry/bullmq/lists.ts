/** Lists and counts: dead deliveries in pages and their replay, what is due, what nobody recorded. */
import type { DeadPage, OutboxStats } from '../../service/delivery/outbox.ts'
import {
  beginAnew,
  type DeliveryJob,
  type DeliveryQueue,
  DUE_LISTS,
  isDead,
  toDead,
  toJobId,
} from './job.ts'

/** Jobs read at once. */
const READ_AT_ONCE = 50

/** Of a page of the dead list. */
const MAX_PAGE = 1000

interface Position {
  /** When it died, ms since 1970. */
  time: number
  jobId: string
}

const readPosition = (job: DeliveryJob): Position => ({
  time: job.finishedOn ?? 0,
  jobId: job.id ?? '',
})

/** First by time, then by id: Redis does the same, PostgreSQL leaves open how it sorts equal times. */
const compare = (a: Position, b: Position): number =>
  a.time - b.time || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0)

function parsePosition(after: string): Position {
  const [, time = '0', jobId = ''] = /^(\d{1,15})~(.*)$/s.exec(after) ?? []
  return { time: Number(time), jobId }
}

/** How many died before this time: a binary search, since entries may leave the list between two pages. */
async function countBefore(queue: DeliveryQueue, time: number): Promise<number> {
  let low = 0
  let high = (await queue.getJobCounts('failed')).failed ?? 0
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [job] = await queue.getJobs(['failed'], middle, middle, true)
    if (job && readPosition(job).time < time) low = middle + 1
    else high = middle
  }
  return low
}

/** In the order in which they died. */
export async function listDead(
  queue: DeliveryQueue,
  { after, limit: asked }: { after?: string; limit: number },
): Promise<DeadPage> {
  const limit = Math.min(MAX_PAGE, Math.max(1, Math.floor(asked)))
  const from = parsePosition(after ?? '')
  const found: DeliveryJob[] = []
  for (let start = await countBefore(queue, from.time); ; start += READ_AT_ONCE) {
    const jobs = await queue.getJobs(['failed'], start, start + READ_AT_ONCE - 1, true)
    found.push(...jobs.filter((job) => compare(readPosition(job), from) > 0))
    // All that died in the same millisecond must be there before they are sorted.
    const isEnough =
      found.length > limit && (found.at(-1)?.finishedOn ?? 0) > (found[limit]?.finishedOn ?? 0)
    if (isEnough || jobs.length === 0) break
  }
  found.sort((a, b) => compare(readPosition(a), readPosition(b)))
  const page = found.slice(0, limit)
  const entries = page.map(toDead)
  const last = page.at(-1)
  if (found.length <= limit || !last) return { entries }
  const { time, jobId } = readPosition(last)
  return { entries, next: `${time}~${jobId}` }
}

/** `oldestDueAt` is exact up to 50 jobs in each list of BullMQ; with more, an older one may be among those unread. */
export async function readStats(queue: DeliveryQueue): Promise<OutboxStats> {
  const counts = await queue.getJobCounts(...DUE_LISTS, 'failed')
  const due = DUE_LISTS.reduce((sum, list) => sum + (counts[list] ?? 0), 0)
  const lists = await Promise.all(
    DUE_LISTS.map((list) => queue.getJobs([list], 0, READ_AT_ONCE - 1, true)),
  )
  const times = lists.flat().map((job) => job.timestamp)
  const oldest = times.length > 0 ? { oldestDueAt: new Date(Math.min(...times)) } : {}
  return { due, dead: counts.failed ?? 0, ...oldest }
}

export async function listMissing(queue: DeliveryQueue, ids: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
    const some = ids.slice(start, start + READ_AT_ONCE)
    const jobs = await Promise.all(some.map((id) => queue.getJob(toJobId(id))))
    missing.push(...some.filter((_, index) => !jobs[index]))
  }
  return missing
}

/** @returns `false`: it is not dead, or somebody else replayed it in the meantime */
export async function replayJob(queue: DeliveryQueue, eventId: string): Promise<boolean> {
  const job = await queue.getJob(toJobId(eventId))
  if (!job || !isDead(job)) return false
  await beginAnew(job)
  try {
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    return true
  } catch (error) {
    const now = await queue.getJob(toJobId(eventId))
    if (now && isDead(now)) throw error
    return false
  }
}
