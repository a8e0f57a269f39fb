/**
 * A file in parts: plan → send → compare → complete. The part table outlives a pause and a failure.
 */
import type { MultipartTicket, PartWindow, UploadState } from '../src/signer/ticket.ts'
import { type Delivered, deliver } from './deliver.ts'
import { isExpired, readError, toUploadError, UploadError } from './errors.ts'
import type { Checksum, PartCrcs } from './load-checksum.ts'
import {
  createPartTable,
  findWaiting,
  listMissing,
  type PartTable,
  rangeOfPart,
  setPart,
} from './part-table.ts'
import { createPartUrls, type PartUrls } from './part-urls.ts'
import { retry } from './retry.ts'
import { askService, type Run } from './service.ts'

/** A part that stalled before its first byte is copied into memory once, up to this size. */
const MAX_COPIED_BYTES = 64 * 1024 * 1024
/** As often are parts sent again because OSS has other bytes than were read. */
const MAX_MISMATCHES = 3

export type MultipartFacts = Pick<
  MultipartTicket,
  'id' | 'key' | 'session' | 'partSize' | 'partCount'
>

export interface Multipart extends MultipartFacts {
  kind: 'multipart'
  readonly table: PartTable
  readonly crcs: PartCrcs
  /** The ticket's own URLs, for the first run: nobody knows how old they are in a later one. */
  first?: PartWindow | undefined
  /** What OSS has must be asked first. */
  isUnread: boolean
}

/** What a step of a multipart upload needs. */
export interface Sending {
  run: Run
  file: Blob
  upload: Multipart
  lanes: number
  checksum: Checksum | undefined
  takeTurn: () => Promise<() => void>
  /** Something in the table has changed. */
  onChange: () => void
  /** All parts are there. */
  onComplete: () => void
  /** See `deliver`. */
  onStored: () => void
}

/** @param first the ticket's window; a remembered upload has none */
export function createMultipart(
  facts: MultipartFacts,
  size: number,
  first?: PartWindow,
): Multipart {
  const table = createPartTable(size, facts.partSize, facts.partCount)
  return { ...facts, kind: 'multipart', table, first, isUnread: !first, crcs: new Map() }
}

/** Asks OSS, through the service, which parts it has. What it has in another size counts as missing. */
async function readStored({ run, upload }: Sending): Promise<void> {
  const { table, session } = upload
  const { parts } = await askService<UploadState>(run, 'resume', '/state', { session })
  for (const at of table.rows.keys()) setPart(table, at + 1)
  for (const { partNumber, size, crc64 } of parts) {
    const [from, to] = rangeOfPart(table, partNumber)
    if (size === to - from) setPart(table, partNumber, { kind: 'stored', crc64 })
  }
  upload.isUnread = false
}

/** @throws UploadError; the table keeps what is stored, and a later call goes on from there */
export async function sendMultipart(sending: Sending): Promise<Delivered> {
  const { run, file, upload, checksum, onChange, onComplete, onStored } = sending
  const { table, crcs, session, first } = upload
  const urls = createPartUrls(
    (partNumbers) => askService<PartWindow>(run, 'sign', '/parts', { session, partNumbers }),
    () => listMissing(table),
    first,
  )
  upload.first = undefined
  if (upload.isUnread) await readStored(sending)
  for (let round = 0; ; round += 1) {
    onChange()
    await sendParts(sending, urls)
    if (!checksum) break
    if (table.rows.some((row) => row.kind === 'stored' && !row.crc64)) await readStored(sending)
    const wrong = await checksum.findMismatches(file, table, crcs)
    const code = 'CHECKSUM_MISMATCH'
    for (const partNumber of wrong) {
      setPart(table, partNumber)
      run.options.onRetry?.({ stage: 'send', partNumber, code, attempt: round + 1, delayMs: 0 })
    }
    if (!wrong.length) break
    if (round >= MAX_MISMATCHES) {
      throw new UploadError(
        code,
        'send',
        { retryable: true },
        `Parts ${wrong} differ from the file`,
      )
    }
  }
  onComplete()
  return deliver(
    run,
    'complete',
    session,
    async () => run.send({ ...(await urls.findComplete()), method: 'POST', stage: 'complete' }),
    // NoSuchUpload: an earlier Complete went through, and its answer was lost.
    () => true,
    onStored,
  )
}

/** Lanes take the next waiting part each, until there is none; one failure stops all. */
async function sendParts(sending: Sending, urls: PartUrls): Promise<void> {
  const { run, upload, lanes } = sending
  const { table } = upload
  let reason: unknown
  async function lane(): Promise<void> {
    for (let next = findWaiting(table); next; next = findWaiting(table)) {
      try {
        setPart(table, next, { kind: 'sending', sentBytes: 0 })
        await sendPart(sending, urls, next)
      } catch (error) {
        setPart(table, next)
        reason ??= error
        run.stop()
        return
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (reason) throw reason
}

async function sendPart(sending: Sending, urls: PartUrls, partNumber: number): Promise<void> {
  const { run, file, upload, checksum, takeTurn, onChange } = sending
  const { table, crcs } = upload
  const slice = file.slice(...rangeOfPart(table, partNumber))
  let isCopied = false
  const setSent = (sentBytes: number) => {
    setPart(table, partNumber, { kind: 'sending', sentBytes })
    onChange()
  }

  async function once(onMoved: (sentBytes: number) => void): Promise<void> {
    const url = await urls.find(partNumber)
    const finish = await takeTurn()
    let sent = 0
    try {
      if (checksum && !crcs.has(partNumber)) {
        const crc = checksum.crc64(slice)
        // Whoever compares sees the failure; until then it is nobody's.
        crc.catch(() => {})
        crcs.set(partNumber, crc)
      }
      const answer = await run.send({
        method: 'PUT',
        url,
        stage: 'send',
        body: isCopied ? await slice.arrayBuffer() : slice,
        onSent(sentBytes) {
          sent = sentBytes
          onMoved(sent)
          setSent(sent)
        },
      })
      if (answer.status !== 200) throw readError(answer, 'send')
      const crc64 = answer.header('x-oss-hash-crc64ecma')
      setPart(table, partNumber, { kind: 'stored', crc64 })
      onChange()
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      setSent(0)
      // Safari sometimes never starts to read a slice of a file on disk; a copy in memory always goes.
      isCopied = error.code === 'STALLED' && !sent && slice.size <= MAX_COPIED_BYTES
      if (isExpired(error)) {
        urls.drop(url)
        error.retryable = true
        error.retryAfterMs = 0
      }
      throw error
    } finally {
      finish()
    }
  }

  await retry(run, 'send', once, partNumber)
}
