/** One attempt to deliver: bounded in time, its result checked, its error put into words. */
import { toUtf8 } from '../../protocol/bytes.ts'
import { decodeReceipt } from './delivery-record.ts'
import { type Deliver, type DeliveryAttempt, DeliveryError } from './outbox.ts'
import { systemTimers, type Timers } from './timers.ts'

/** Bytes. OSS's pages name 1 MB and 3 MB as the most that it passes on to the page; the smaller is safe. */
export const MAX_RESPONSE_BYTES = 1_000_000

/** UTF-16 units of an error's text; an application's message may be a whole page. */
const MAX_ERROR_CHARS = 500

export type AttemptResult =
  | { kind: 'done'; response: string }
  | { kind: 'failed'; error: string; retryAfterSeconds?: number | undefined }
  | { kind: 'gone'; error: string }

/** @throws {DeliveryError} `DELIVERY_RESPONSE` */
function checkResponse(response: unknown): string {
  if (typeof response !== 'string') {
    throw new DeliveryError('DELIVERY_RESPONSE', 'The application responded with no text.')
  }
  const text = response.toWellFormed()
  if (text.length >= MAX_RESPONSE_BYTES || toUtf8(text).length >= MAX_RESPONSE_BYTES) {
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      `The application's response has ${MAX_RESPONSE_BYTES} bytes or more; OSS passes on fewer.`,
    )
  }
  try {
    JSON.parse(text)
  } catch (cause) {
    throw new DeliveryError('DELIVERY_RESPONSE', "The application's response is not JSON.", {
      cause,
    })
  }
  return text
}

/** Queries of URLs may hold tokens; control characters would break a line of a list or a log. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  const line = text
    .slice(0, 4 * MAX_ERROR_CHARS)
    .toWellFormed()
    .replaceAll(/(\bhttps?:\/\/[^\s?#]*)[?#]\S*/gi, '$1')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  return line.slice(0, MAX_ERROR_CHARS).toWellFormed() || 'The application gave no reason.'
}

function describeFailure(error: unknown): AttemptResult {
  const words = describeError(error)
  if (!(error instanceof DeliveryError)) return { kind: 'failed', error: words }
  if (error.code === 'DELIVERY_GONE') return { kind: 'gone', error: words }
  return { kind: 'failed', error: words, retryAfterSeconds: error.retryAfterSeconds }
}

export interface AttemptOptions {
  /** Time limit, ms; afterwards the attempt's signal is aborted and whatever it still returns is ignored. */
  limitMs: number
  /** Ends the attempt early: the outbox closes. */
  stop?: AbortSignal
  timers?: Timers
}

/**
 * Never rejects, and settles within `limitMs` whatever `deliver` does.
 *
 * @param receipt its stored text
 */
export async function runAttempt(
  deliver: Deliver,
  receipt: string,
  attempt: Omit<DeliveryAttempt, 'signal'>,
  { limitMs, stop, timers = systemTimers }: AttemptOptions,
): Promise<AttemptResult> {
  const controller = new AbortController()
  let fail: (error: DeliveryError) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    fail = reject
  })
  function end(message: string): void {
    const error = new DeliveryError('DELIVERY_FAILED', message)
    fail(error)
    controller.abort(error)
  }
  const onStop = () => end('The service stopped during the attempt.')
  if (stop?.aborted) onStop()
  stop?.addEventListener('abort', onStop)
  const timer = timers.set(
    () => end(`The application did not respond within ${limitMs} ms.`),
    limitMs,
  )
  try {
    const delivery = (async () =>
      deliver(decodeReceipt(receipt), { ...attempt, signal: controller.signal }))()
    return { kind: 'done', response: checkResponse(await Promise.race([delivery, ended])) }
  } catch (error) {
    return describeFailure(error)
  } finally {
    timers.clear(timer)
    stop?.removeEventListener('abort', onStop)
  }
}
