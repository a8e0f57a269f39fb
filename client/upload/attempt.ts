/**
 * One attempt at an upload, from wherever it stands to the server's answer. What it found out stays in the job.
 */
import type { FormTicket, PutTicket, Ticket } from '../../src/signer/ticket.ts'
import { UploadError } from '../http/errors.ts'
import { askTicket, type Run } from '../http/service-client.ts'
import type { UploadOptions, UploadResult, UploadState } from '../options.ts'
import { confirmStored, type Delivered } from './deliver.ts'
import { loadChecksum } from './load-checksum.ts'
import { createMultipart, type Multipart } from './multipart.ts'
import { choosePartSize } from './part-size.ts'
import type { Memory } from './resume-store.ts'
import { sendSimple } from './simple.ts'

/** 16 MiB, the service's own default; a wrong guess costs an unfair turn, nothing else. */
export const LARGE_FROM_BYTES = 2 ** 24
/** Uploads that this page is sending: the same file dropped twice is two uploads. */
const active = new Set<string>()

type Work = ((FormTicket | PutTicket) & { crc64?: Promise<string> | undefined }) | Multipart

/** What outlives an attempt. */
export interface Job {
  work?: Work | undefined
  /** OSS has everything; what is missing is the server's word. */
  isStored?: boolean
}

export interface Stage {
  takeTurn: () => Promise<() => void>
  setState: (state: UploadState, sentBytes?: number) => unknown
}

/** @throws UploadError */
export async function attempt(
  file: Blob,
  options: UploadOptions,
  run: Run,
  job: Job,
  memory: Memory,
  { setState, takeTurn }: Stage,
): Promise<UploadResult> {
  const { concurrency: lanes = 4 } = options
  setState('signing')
  const checksum = options.checksum === false ? undefined : await loadChecksum()

  /** Goes on with what is remembered of this file, or asks the service for a ticket. */
  async function open(): Promise<Work> {
    const { method, partSize } = options
    const { size } = file
    const previous = await memory.find()
    if (previous && !active.has(previous.id)) return createMultipart(file, previous)
    // A small file is read in a moment; then the service can compare as well.
    const crc64 = size < LARGE_FROM_BYTES ? checksum?.crc64(file) : undefined
    const ticket = await askTicket<Ticket>(run, file, {
      method,
      partSize: partSize ?? choosePartSize(size, await memory.readSpeed(), lanes),
      crc64: await crc64,
    })
    if (ticket.kind !== 'multipart') return { ...ticket, crc64: crc64 ?? checksum?.crc64(file) }
    await memory.save(ticket)
    return createMultipart(file, ticket, ticket)
  }

  const work = job.work ?? (await open())
  job.work = work
  const { id, key, session } = work
  const onSent = (sentBytes: number) => setState('uploading', sentBytes)
  const onStored = () => {
    job.isStored = true
    setState('confirming', file.size)
  }

  async function send(): Promise<Delivered> {
    if (work.kind === 'multipart') {
      return work.send(run, {
        checksum,
        takeTurn,
        onSent,
        onStored,
        lanes,
        onComplete: () => setState('completing'),
      })
    }
    onSent(0)
    const delivered = await sendSimple(run, file, work, onSent, onStored, takeTurn)
    if (delivered.crc64 && work.crc64 && delivered.crc64 !== (await work.crc64)) {
      throw new UploadError('CHECKSUM_MISMATCH', 'send')
    }
    return delivered
  }

  active.add(id)
  try {
    if (job.isStored) onStored()
    const { response, via } = await (job.isStored ? confirmStored(run, session) : send())
    const crc64 = await (work.kind === 'multipart' ? work.combine(checksum) : work.crc64)
    return { id, key, response, via, crc64 }
  } finally {
    active.delete(id)
  }
}
