/**
 * Sends the waiting parts of a table, several at the same time; each is repeated on its own.
 */
import { isExpired, toUploadError } from '../http/errors.ts'
import { readError } from '../http/response.ts'
import { retry } from '../http/retry.ts'
import { createChildRun, type Run } from '../http/run.ts'
import type { Checksum, PartCrcs } from './checksum.ts'
import { findWaiting, type PartTable, rangeOfPart, setPart, sumSent } from './part-table.ts'
import type { PartUrls } from './part-urls.ts'

/** A part that stalled before its first byte is copied into memory once, up to 64 MiB. */
const MAX_COPIED_BYTES = 2 ** 26
/** After so many failures a part gets a new URL. */
const FAILURES_PER_URL = 3

export interface PartSending {
  run: Run
  table: PartTable
  urls: PartUrls
  checksum: Checksum | undefined
  crcs: PartCrcs
  /** Parts at the same time, those included that wait for their turn in the pool. */
  concurrency: number
  /** Called with the sum of the table whenever it has changed. */
  onSent: (sentBytes: number) => void
}

/** @throws UploadError after the last attempt */
async function sendPart(sending: PartSending, partNumber: number): Promise<void> {
  const { run, table, urls, checksum, crcs, onSent } = sending
  const slice = run.file.slice(...rangeOfPart(table, partNumber))
  let isCopied = false
  let failures = 0
  let wasExpired = false
  let sent = 0

  function setSent(sentBytes: number): void {
    sent = sentBytes
    setPart(table, partNumber, { kind: 'sending', sentBytes })
    onSent(sumSent(table))
  }

  async function sendOnce(url: string, onMoved: (sentBytes: number) => void): Promise<void> {
    const response = await run.send({
      method: 'PUT',
      url,
      stage: 'send',
      bodyBytes: slice.size,
      body: isCopied ? await slice.arrayBuffer() : slice,
      onSent(sentBytes) {
        // From the first byte on, so that only parts that are being sent are read.
        checksum?.note(crcs, partNumber, slice)
        onMoved(sentBytes)
        setSent(sentBytes)
      },
    })
    if (response.status !== 200) throw readError(response, 'send')
    const crc64 = response.header('x-oss-hash-crc64ecma')
    setPart(table, partNumber, { kind: 'stored', crc64 })
    onSent(sumSent(table))
  }

  setSent(0)
  await retry(
    run,
    'send',
    async (onMoved) => {
      const url = await urls.find(partNumber)
      try {
        await sendOnce(url, onMoved)
      } catch (thrown) {
        const error = toUploadError(thrown, 'send')
        // Safari sometimes never starts to read a slice of a file on disk; a copy in memory is always sent.
        isCopied = error.code === 'STALLED' && !sent && slice.size <= MAX_COPIED_BYTES
        failures += 1
        // An expired URL may show as a broken connection: OSS does not read the body of what it refuses.
        if (isExpired(error) || failures % FAILURES_PER_URL === 0) urls.drop(url)
        if (isExpired(error)) {
          // A new URL that has expired as well will not get better.
          error.retryable = !wasExpired
          error.retryAfterMs = 0
          wasExpired = true
        }
        setSent(0)
        throw error
      }
    },
    partNumber,
  )
}

/** Sends every waiting part. The first part that fails for good stops the others. @throws its UploadError */
export async function sendParts(sending: PartSending): Promise<void> {
  const { table, concurrency } = sending
  const run = createChildRun(sending.run)
  let failure: unknown

  async function sendWaiting(): Promise<void> {
    for (let next = findWaiting(table); next && !failure; next = findWaiting(table)) {
      try {
        await sendPart({ ...sending, run }, next)
      } catch (error) {
        setPart(table, next)
        failure ??= error
        run.stop()
      }
    }
  }

  await Promise.all(Array.from({ length: concurrency }, sendWaiting))
  if (failure) throw failure
}
