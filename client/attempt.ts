/**
 * One attempt at an upload, from wherever it stands to the server's answer. What it found out stays in the job.
 */
import type { FormTicket, PutTicket, Ticket } from '../src/signer/ticket.ts'
import { confirmStored, type Delivered } from './deliver.ts'
import { isExpired, UploadError } from './errors.ts'
import { type Checksum, loadChecksum } from './load-checksum.ts'
import { createMultipart, type Multipart, sendMultipart } from './multipart.ts'
import type { UploadOptions, UploadResult, UploadState } from './options.ts'
import { choosePartSize } from './part-size.ts'
import { sumSent } from './part-table.ts'
import type { Owner, Pool } from './queue.ts'
import type { Memory } from './resume-store.ts'
import { askTicket, type Run } from './service.ts'
import { sendSimple } from './simple.ts'

/** The service's own default; a wrong guess costs an unfair turn, nothing else. */
export const LARGE_FROM_BYTES = 16 * 1024 * 1024
/** Uploads that this page is sending: the same file dropped twice is two uploads. */
const active = new Set<string>()
export const CONCURRENCY = 4

type Work = ((FormTicket | PutTicket) & { crc64?: Promise<string> | undefined }) | Multipart

export interface Job {
  readonly file: Blob
  readonly options: UploadOptions
  readonly pool: Pool
  readonly owner: Owner
  readonly memory: Memory
  work?: Work | undefined
  /** OSS has everything; what is missing is the server's word. */
  isStored?: boolean
  setState(state: UploadState, sentBytes?: number): void
}

/** The other side has no such upload any more, or took other bytes: only a new one can help. */
export function isOver({ work }: Job, error: UploadError): boolean {
  return (
    /^(SESSION_|UPLOAD_GONE|NoSuchUp)/.test(error.code) ||
    (work?.kind !== 'multipart' && (isExpired(error) || error.code === 'CHECKSUM_MISMATCH'))
  )
}

/** Forgets the upload, here and in the memory. */
export async function forget(job: Job): Promise<void> {
  job.work = undefined
  job.isStored = false
  await job.memory.forget()
}

/** Goes on with what is remembered of this file, or asks the service for a ticket. */
async function open(job: Job, run: Run, checksum: Checksum | undefined): Promise<Work> {
  const { file, options, memory } = job
  const { method, partSize, concurrency = CONCURRENCY } = options
  const { size } = file
  const previous = await memory.find()
  if (previous && !active.has(previous.id)) return createMultipart(previous, size)
  // A small file is read in a moment; then the service can compare as well.
  const crc64 = size < LARGE_FROM_BYTES ? checksum?.crc64(file) : undefined
  const wish = partSize ?? choosePartSize(size, await memory.readSpeed(), concurrency)
  const ticket = await askTicket<Ticket>(run, file, { method, partSize: wish, crc64: await crc64 })
  if (ticket.kind !== 'multipart') return { ...ticket, crc64: crc64 ?? checksum?.crc64(file) }
  await memory.save(ticket)
  return createMultipart(ticket, size, ticket)
}

/** @throws UploadError */
export async function attempt(job: Job, run: Run): Promise<UploadResult> {
  const { file, options, pool, owner, memory, setState } = job
  setState('signing')
  const checksum = options.checksum === false ? undefined : await loadChecksum()
  job.work ??= await open(job, run, checksum)
  const { work } = job
  const { id, key, session } = work
  const takeTurn = () => pool.requests.enter(owner, run.signal)
  const onStored = () => {
    job.isStored = true
    setState('confirming')
  }

  async function sendParts(upload: Multipart): Promise<Delivered> {
    const startedAt = performance.now()
    const before = sumSent(upload.table)
    return sendMultipart({
      ...{ run, file, upload, checksum, takeTurn, onStored },
      lanes: options.concurrency ?? CONCURRENCY,
      onChange: () => setState('uploading', sumSent(upload.table)),
      onComplete() {
        setState('completing')
        const seconds = (performance.now() - startedAt) / 1000
        void memory.saveSpeed((file.size - before) / seconds)
      },
    })
  }

  async function send(): Promise<Delivered> {
    if (work.kind === 'multipart') return sendParts(work)
    const onSent = (sentBytes: number) => setState('uploading', sentBytes)
    onSent(0)
    const delivered = await sendSimple(run, file, work, onSent, onStored, takeTurn)
    if (delivered.crc64 && work.crc64 && delivered.crc64 !== (await work.crc64)) {
      throw new UploadError('CHECKSUM_MISMATCH', 'send', { retryable: true })
    }
    return delivered
  }

  active.add(id)
  try {
    if (job.isStored) onStored()
    const { answer, via } = job.isStored ? await confirmStored(run, session) : await send()
    const crc64 =
      work.kind === 'multipart' ? await checksum?.combine(work.table, work.crcs) : await work.crc64
    await forget(job)
    return { id, key, answer, via, ...(crc64 && { crc64 }) }
  } finally {
    active.delete(id)
  }
}
