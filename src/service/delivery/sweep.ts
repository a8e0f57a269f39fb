/**
 * The bucket is the source of truth: lists what is stored under the profiles' prefixes, asks the outbox which uploads
 * nobody recorded, and accepts them as a callback would have. So an upload whose callback was lost and whose page was
 * closed still reaches the application. Multipart uploads that nobody finished are aborted.
 * Over 200 lines: the limits of a sweep, its report and its two walks through the bucket.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2
 */
import type { ListedObject, ListedUpload } from '../../protocol/xml.ts'
import type { Receipt } from '../../signer/accept-callback.ts'
import type { Outbox } from './outbox.ts'

/** Part of a listing. */
export interface ListPage<T> {
  entries: T[]
  /** Pass it to read on; absent on the last page. */
  next?: string | undefined
}

/** Where objects of one or several profiles lie. */
export interface SweepArea {
  /** Of every key; empty: the whole bucket. */
  prefix: string
  /** The upload id in a key of this area, when its template tells; `undefined`: a HEAD must tell. */
  readId(key: string): string | undefined
  /** Whether every key with this prefix is made by a profile, so that its unfinished uploads are ours to abort. */
  isOurs: boolean
}

export interface SweepDeps {
  areas: readonly SweepArea[]
  outbox: Pick<Outbox, 'accept' | 'missing'>
  listObjects(prefix: string, after: string | undefined): Promise<ListPage<ListedObject>>
  listUploads(prefix: string, after: string | undefined): Promise<ListPage<ListedUpload>>
  /**
   * The receipt of a stored object by a HEAD; `undefined` for an object that no upload of this service stored, or that
   * is gone. Throws when OSS cannot be asked.
   */
  readReceipt(key: string): Promise<Receipt | undefined>
  abort(key: string, uploadId: string): Promise<void>
  now: () => Date
}

export interface SweepOptions {
  /** Younger objects are left to their callbacks. @default 120 (2 min) */
  olderThanSeconds?: number
  /** Older objects are not looked at; shorter than the outbox remembers what it delivered. @default 604 800 (7 days) */
  windowSeconds?: number
  /** Older unfinished multipart uploads are aborted. @default 259 200 (3 days) */
  abortAfterSeconds?: number
  /** Ends a sweep early, e.g. at a shutdown. */
  signal?: AbortSignal
}

export interface SweepReport {
  /** Objects listed within the window. */
  listed: number
  /** Recorded by this sweep. */
  accepted: number
  /** Could not be recorded, or have other facts than their record; the next sweep tries again. */
  failed: number
  /** Multipart uploads aborted. */
  aborted: number
  /** Sentences about what failed, without names of objects; at most 10. */
  problems: string[]
  /** The listing was cut off by its limit or by the signal. */
  isPartial: boolean
}

export type Sweep = (options?: SweepOptions) => Promise<SweepReport>

const OLDER_THAN_SECONDS = 120
export const SWEEP_WINDOW_SECONDS = 7 * 24 * 3600
const ABORT_AFTER_SECONDS = 3 * 24 * 3600
/** Pages of at most 1 000 entries that one sweep reads of one area. */
const MAX_PAGES = 1000
/** Requests to OSS and to the outbox at once. */
const CONCURRENCY = 8
const MAX_PROBLEMS = 10

async function runAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  async function takeItems(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]
      if (item !== undefined) await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeItems))
}

/** Areas whose prefix lies within another's are part of it: no object is looked at twice. */
function listRoots(areas: readonly SweepArea[]): SweepArea[] {
  const sorted = [...areas].sort((a, b) => a.prefix.length - b.prefix.length)
  const roots: SweepArea[] = []
  for (const area of sorted) {
    const root = roots.find(({ prefix }) => area.prefix.startsWith(prefix))
    if (!root) roots.push({ ...area })
  }
  return roots
}

/** @returns a function that looks through the bucket once; it reports what failed and throws nothing */
export function createSweep(deps: SweepDeps): Sweep {
  const { outbox, now } = deps
  const objectRoots = listRoots(deps.areas)
  const uploadRoots = listRoots(deps.areas.filter(({ isOurs }) => isOurs))

  function findId(key: string): string | undefined {
    for (const { prefix, readId } of deps.areas) {
      const id = key.startsWith(prefix) ? readId(key) : undefined
      if (id !== undefined) return id
    }
    return undefined
  }

  /** Keys whose uploads may be unrecorded: all but those whose id the outbox knows. */
  async function findUnrecorded(entries: readonly ListedObject[]): Promise<string[]> {
    const ids = new Map<string, string>()
    for (const { key } of entries) {
      const id = findId(key)
      if (id !== undefined) ids.set(key, id)
    }
    const missing = new Set(ids.size > 0 ? await outbox.missing([...new Set(ids.values())]) : [])
    return entries
      .map(({ key }) => key)
      .filter((key) => missing.has(ids.get(key) ?? '') || !ids.has(key))
  }

  async function acceptKey(key: string, report: SweepReport): Promise<void> {
    const receipt = await deps.readReceipt(key)
    if (!receipt) return
    const [id] = await outbox.missing([receipt.id])
    if (id === undefined) return
    await outbox.accept(receipt, 0)
    report.accepted += 1
  }

  function noteFailure(report: SweepReport, error: unknown): void {
    report.failed += 1
    const text = error instanceof Error ? error.message : String(error)
    const isNew = !report.problems.includes(text)
    if (isNew && report.problems.length < MAX_PROBLEMS) report.problems.push(text)
  }

  async function attempt(report: SweepReport, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      noteFailure(report, error)
    }
  }

  async function readPages<T>(
    list: (after: string | undefined) => Promise<ListPage<T>>,
    report: SweepReport,
    signal: AbortSignal | undefined,
    use: (entries: T[]) => Promise<void>,
  ): Promise<void> {
    let after: string | undefined
    for (let page = 0; page < MAX_PAGES; page += 1) {
      if (signal?.aborted) break
      const { entries, next } = await list(after)
      await use(entries)
      if (next === undefined) return
      after = next
    }
    report.isPartial = true
  }

  return async ({
    olderThanSeconds = OLDER_THAN_SECONDS,
    windowSeconds = SWEEP_WINDOW_SECONDS,
    abortAfterSeconds = ABORT_AFTER_SECONDS,
    signal,
  } = {}) => {
    const report: SweepReport = {
      listed: 0,
      accepted: 0,
      failed: 0,
      aborted: 0,
      problems: [],
      isPartial: false,
    }
    const time = now().getTime()
    const isWithin = ({ lastModified }: ListedObject): boolean => {
      const ageSeconds = (time - lastModified.getTime()) / 1000
      return ageSeconds >= olderThanSeconds && ageSeconds <= windowSeconds
    }

    for (const { prefix } of objectRoots) {
      await attempt(report, () =>
        readPages(
          (after) => deps.listObjects(prefix, after),
          report,
          signal,
          async (entries) => {
            const inside = entries.filter(isWithin)
            report.listed += inside.length
            await runAtOnce(await findUnrecorded(inside), CONCURRENCY, async (key) => {
              if (!signal?.aborted) await attempt(report, () => acceptKey(key, report))
            })
          },
        ),
      )
    }
    for (const { prefix } of uploadRoots) {
      await attempt(report, () =>
        readPages(
          (after) => deps.listUploads(prefix, after),
          report,
          signal,
          async (entries) => {
            const old = entries.filter(
              ({ initiatedAt }) => time - initiatedAt.getTime() > abortAfterSeconds * 1000,
            )
            await runAtOnce(old, CONCURRENCY, async ({ key, uploadId }) => {
              if (signal?.aborted) return
              await attempt(report, async () => {
                await deps.abort(key, uploadId)
                report.aborted += 1
              })
            })
          },
        ),
      )
    }
    return report
  }
}
