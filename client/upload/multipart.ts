/**
 * A file in parts: plan → send → compare → complete. The part table outlives a pause and a failure.
 */
import type { MultipartTicket, PartWindow, UploadStateResponse } from '../../src/signer/ticket.ts'
import { isExpired, readError, toUploadError, UploadError } from '../http/errors.ts'
import { retry } from '../http/retry.ts'
import { askService, type Run } from '../http/service-client.ts'
import { type Delivered, deliver } from './deliver.ts'
import type { Checksum, PartCrcs } from './load-checksum.ts'
import {
  createPartTable,
  findWaiting,
  listMissing,
  rangeOfPart,
  setPart,
  sumSent,
} from './part-table.ts'
import { createPartUrls } from './part-urls.ts'

/** A part that stalled before its first byte is copied into memory once, up to 64 MiB. */
const MAX_COPIED_BYTES = 2 ** 26
/** After so many failures in a row a part gets a new URL. */
const FAILURES_PER_URL = 3
/** As often are parts sent again because OSS has other bytes than were read. */
const MAX_MISMATCHES = 3

export type MultipartFacts = Pick<
  MultipartTicket,
  'id' | 'key' | 'session' | 'partSize' | 'partCount'
>

export interface Multipart extends MultipartFacts {
  kind: 'multipart'
  /** Goes on from what the table says. @throws UploadError; the table keeps what is stored */
  send(run: Run, sending: Sending): Promise<Delivered>
  /** CRC-64 of the whole file, after `send`. */
  combine(checksum: Checksum | undefined): Promise<string> | undefined
}

export interface Sending {
  checksum: Checksum | undefined
  /** Parts at the same time. */
  lanes: number
  takeTurn: () => Promise<() => void>
  /** The sum of the table, whenever it has changed. */
  onSent: (sentBytes: number) => void
  /** All parts are there. */
  onComplete: () => void
  /** See `deliver`. */
  onStored: () => void
}

/** @param first the ticket's own URLs; a remembered upload has none */
export function createMultipart(file: Blob, facts: MultipartFacts, first?: PartWindow): Multipart {
  const { session } = facts
  const table = createPartTable(file.size, facts.partSize, facts.partCount)
  const { rows } = table
  const crcs: PartCrcs = new Map()
  // What OSS has of a remembered upload must be asked first.
  let isUnread = !first

  async function send(run: Run, sending: Sending): Promise<Delivered> {
    const { checksum, lanes, takeTurn, onSent, onComplete, onStored } = sending
    const urls = createPartUrls(
      (partNumbers) => askService<PartWindow>(run, 'sign', '/parts', { session, partNumbers }),
      () => listMissing(table),
      first,
    )
    // In a later run nobody knows how old these are.
    first = undefined

    const onChange = () => onSent(sumSent(table))

    /** What OSS has in another size counts as missing. */
    async function readStored(): Promise<void> {
      const { parts } = await askService<UploadStateResponse>(run, 'resume', '/state', { session })
      rows.forEach((_, at) => {
        setPart(table, at + 1)
      })
      for (const { partNumber, size, crc64 } of parts) {
        const [from, to] = rangeOfPart(table, partNumber)
        if (size === to - from) setPart(table, partNumber, { kind: 'stored', crc64 })
      }
      isUnread = false
    }

    async function sendPart(partNumber: number): Promise<void> {
      const slice = file.slice(...rangeOfPart(table, partNumber))
      let isCopied = false
      let failures = 0
      let sent = 0
      const setSent = (sentBytes: number) => {
        sent = sentBytes
        setPart(table, partNumber, { kind: 'sending', sentBytes })
        onChange()
      }
      setSent(0)
      await retry(
        run,
        'send',
        async (onMoved) => {
          const url = await urls.find(partNumber)
          const finish = await takeTurn()
          try {
            checksum?.note(crcs, partNumber, slice)
            const answer = await run.send({
              method: 'PUT',
              url,
              stage: 'send',
              body: isCopied ? await slice.arrayBuffer() : slice,
              onSent(sentBytes) {
                onMoved(sentBytes)
                setSent(sentBytes)
              },
            })
            if (answer.status !== 200) throw readError(answer, 'send')
            const crc64 = answer.header('x-oss-hash-crc64ecma')
            setPart(table, partNumber, { kind: 'stored', crc64 })
            onChange()
          } catch (thrown) {
            const error = toUploadError(thrown, 'send')
            // Safari sometimes never starts to read a slice of a file on disk; a copy in memory always goes.
            isCopied = error.code === 'STALLED' && !sent && slice.size <= MAX_COPIED_BYTES
            failures += 1
            // "Expired" may come as a broken connection: OSS does not read what it refuses.
            if (isExpired(error) || failures % FAILURES_PER_URL === 0) urls.drop(url)
            if (isExpired(error)) {
              error.retryable = true
              error.retryAfterMs = 0
            }
            setSent(0)
            throw error
          } finally {
            finish()
          }
        },
        partNumber,
      )
    }

    /** Lanes take the next waiting part each, until there is none; one failure stops all. */
    async function sendParts(): Promise<void> {
      let reason: unknown
      async function lane(): Promise<void> {
        for (let next = findWaiting(table); next; next = findWaiting(table)) {
          try {
            await sendPart(next)
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

    if (isUnread) await readStored()
    for (let round = 1; ; round += 1) {
      onChange()
      await sendParts()
      if (!checksum) break
      const wrong = await checksum.findMismatches(file, table, crcs, readStored)
      if (!wrong.length) break
      const code = 'CHECKSUM_MISMATCH'
      for (const partNumber of wrong) {
        setPart(table, partNumber)
        run.options.onRetry?.({ stage: 'send', partNumber, code, attempt: round, delayMs: 0 })
      }
      if (round > MAX_MISMATCHES) {
        throw new UploadError(code, 'send', {}, `Parts ${wrong} differ`)
      }
    }
    onComplete()
    return deliver(
      run,
      'complete',
      session,
      async () => run.send({ ...(await urls.findComplete()), method: 'POST', stage: 'complete' }),
      onStored,
    )
  }

  return {
    ...facts,
    kind: 'multipart',
    send,
    combine: (checksum) => checksum?.combine(table, crcs),
  }
}
