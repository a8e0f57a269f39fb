/**
 * A file in parts: send → compare checksums → complete. The part table outlives a pause and a failure.
 */
import type { PartWindow, UploadStateResponse } from '../../src/signer/ticket.ts'
import { UploadError } from '../http/errors.ts'
import type { Run } from '../http/run.ts'
import { askService } from '../http/service-client.ts'
import type { Checksum, PartCrcs } from './checksum.ts'
import { type Delivered, deliver } from './deliver.ts'
import {
  clearParts,
  createPartTable,
  listMissing,
  type MultipartFacts,
  rangeOfPart,
  setPart,
  sumSent,
} from './part-table.ts'
import { createPartUrls } from './part-urls.ts'
import { type PartSending, sendParts } from './send-parts.ts'

/** So many times parts are sent again because OSS has other bytes than were read. */
const MAX_MISMATCHES = 3

export interface Multipart extends MultipartFacts {
  kind: 'multipart'
  /** Continues from what the table says. @throws UploadError; the table keeps what is stored */
  send(run: Run, sending: Sending): Promise<Delivered>
  /** CRC-64 of the whole file, after `send`. */
  combine(checksum: Checksum | undefined): Promise<string> | undefined
}

export interface Sending extends Pick<PartSending, 'checksum' | 'concurrency' | 'onSent'> {
  /** All parts are stored. */
  onComplete: () => void
  /** See `deliver`. */
  onStored: () => void
}

/** @param firstWindow the ticket's own URLs; a recorded upload has none */
export function createMultipart(
  file: Blob,
  facts: MultipartFacts,
  firstWindow?: PartWindow,
): Multipart {
  const { session } = facts
  const table = createPartTable(file.size, facts.partSize, facts.partCount)
  const crcs: PartCrcs = new Map()
  // What OSS has of a recorded upload must be asked first.
  let isUnread = !firstWindow

  /** Fills the table with what OSS has. A part of another size counts as missing. */
  async function readStored(run: Run): Promise<void> {
    const { parts } = await askService<UploadStateResponse>(run, 'resume', '/state', { session })
    clearParts(table)
    for (const { partNumber, size, crc64 } of parts) {
      const [from, to] = rangeOfPart(table, partNumber)
      if (size === to - from) setPart(table, partNumber, { kind: 'stored', crc64 })
    }
    isUnread = false
  }

  /** Sends until OSS has the bytes that were read from the file. @throws UploadError CHECKSUM_MISMATCH */
  async function sendVerified(sending: PartSending): Promise<void> {
    const { run, checksum } = sending
    const code = 'CHECKSUM_MISMATCH'
    for (let round = 1; ; round += 1) {
      sending.onSent(sumSent(table))
      await sendParts(sending)
      const wrong = await checksum?.findMismatches(file, table, crcs, () => readStored(run))
      if (!wrong?.length) return
      const error = new UploadError(code, 'send', {}, `Parts ${wrong} differ`)
      for (const partNumber of wrong) {
        setPart(table, partNumber)
        run.options.onRetry?.({
          stage: 'send',
          partNumber,
          code,
          error,
          attempt: round,
          delayMs: 0,
        })
      }
      if (round > MAX_MISMATCHES) throw error
    }
  }

  async function send(run: Run, sending: Sending): Promise<Delivered> {
    const urls = createPartUrls(
      (partNumbers) => askService<PartWindow>(run, 'sign', '/parts', { session, partNumbers }),
      () => listMissing(table),
      firstWindow,
    )
    // In a later run the age of these URLs is unknown.
    firstWindow = undefined
    if (isUnread) await readStored(run)
    await sendVerified({ ...sending, run, table, urls, crcs })
    sending.onComplete()
    return deliver(
      run,
      'complete',
      facts,
      async () => run.send({ ...(await urls.findComplete()), method: 'POST', stage: 'complete' }),
      sending.onStored,
    )
  }

  return {
    ...facts,
    kind: 'multipart',
    send,
    combine: (checksum) => checksum?.combine(table, crcs),
  }
}
