/**
 * One attempt at an upload, from wherever it is to the server's response. What it learns is stored in the job.
 */
import type { Ticket } from '../../src/signer/ticket.ts'
import type { UploadError } from '../http/errors.ts'
import type { Run } from '../http/run.ts'
import { askTicket } from '../http/service-client.ts'
import type { UploadOptions, UploadResult, UploadState } from '../options.ts'
import type { Checksum } from './checksum.ts'
import { confirmStored } from './deliver.ts'
import { loadChecksum } from './load-checksum.ts'
import { loadMediaType } from './load-media-type.ts'
import { createMultipart, type Multipart } from './multipart.ts'
import { choosePartSize } from './part-size.ts'
import { DEFAULT_CONCURRENCY, MAX_OPEN, type Owner } from './queue.ts'
import type { ResumeRecord } from './resume-store.ts'
import { createSimple, type Simple } from './simple.ts'

/** 16 MiB, the service's default threshold for multipart; a wrong guess only makes the queue less fair. */
export const LARGE_FROM_BYTES = 2 ** 24
/** Ids of uploads that this page is sending: the same file added twice is two uploads. */
const active = new Set<string>()

/** A file in one request, or in parts. */
export type Work = Simple | Multipart

/** One file on its way: what does not change, and what outlives an attempt. */
export interface Job extends Owner {
  /** What is uploaded. */
  file: Blob
  readonly options: UploadOptions
  readonly record: ResumeRecord
  work?: Work | undefined
  /** A file in one request took longer than its ticket lives: parts have tickets of their own. */
  needsParts?: boolean
  /** OSS has everything; only the server's response is missing. */
  isStored?: boolean
}

export type SetState = (state: UploadState, sentBytes?: number) => unknown

/** Continues the recorded upload of this file, or asks the service for a ticket. */
async function prepare(job: Job, run: Run, checksum: Checksum | undefined): Promise<Work> {
  const { file, options, record } = job
  const { method, partSize, concurrency = DEFAULT_CONCURRENCY } = options
  const { size } = file
  const previous = await record.find(size)
  if (previous && !active.has(previous.id)) return createMultipart(file, previous)
  // A small file is read quickly; then the service can compare as well.
  const crc64 = size < LARGE_FROM_BYTES ? checksum?.crc64(file) : undefined
  const more = {
    partSize: partSize ?? choosePartSize(size, await record.readSpeed(), concurrency),
    crc64: await crc64,
    type: options.type ?? (file.type || (await loadMediaType(file, options.name))),
  }
  const ask = (by = method) => askTicket<Ticket>(run, { ...more, method: by })
  // Where the profile refuses parts, the method stays.
  const inParts =
    !method && job.needsParts
      ? await ask('multipart').catch((error: UploadError) => {
          if (error.retryable) throw error
        })
      : undefined
  const ticket = inParts ?? (await ask())
  if (ticket.kind !== 'multipart') return createSimple(file, ticket, crc64 ?? checksum?.crc64(file))
  await record.save({ ...ticket, size })
  return createMultipart(file, ticket, ticket)
}

/** @throws UploadError */
export async function attempt(job: Job, run: Run, setState: SetState): Promise<UploadResult> {
  const { file, options } = job
  const { concurrency = MAX_OPEN } = options
  setState('signing')
  const checksum = options.checksum === false ? undefined : await loadChecksum()
  job.work ??= await prepare(job, run, checksum)
  const { work } = job
  const { id, key } = work
  const onSent = (sentBytes: number) => setState('uploading', sentBytes)
  const onComplete = () => setState('completing')
  const onStored = () => {
    job.isStored = true
    setState('confirming', file.size)
  }
  active.add(id)
  try {
    if (job.isStored) onStored()
    const delivered = await (job.isStored
      ? confirmStored(run, work)
      : work.send(run, { checksum, concurrency, onSent, onStored, onComplete }))
    return { ...delivered, id, key, crc64: await work.combine(checksum) }
  } finally {
    active.delete(id)
  }
}
