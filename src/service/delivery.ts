/**
 * Port: a receipt reaches the application once per id. Whoever comes again gets the first answer; a failure is not
 * remembered, so the next attempt (OSS never repeats a callback, but the page confirms) runs the handler again.
 */
import { toUtf8 } from '../protocol/bytes.ts'
import type { Receipt } from '../signer/accept-callback.ts'
import { ServiceError } from './errors.ts'

/**
 * The application's part: takes a receipt, answers what the page shall get, as JSON. OSS waits 5 s for everything:
 * answer within 4 s and work later.
 */
export type ReceiptHandler = (receipt: Receipt) => unknown

export interface DeliveryStore {
  /**
   * Answers what `run` answered for this id, running it only when there is no such answer yet. Two at once run it
   * once. When it throws, everyone who waited gets the error, and nothing is kept.
   */
  once(id: string, run: () => Promise<string>): Promise<string>
}

export interface MemoryDeliveryOptions {
  now: () => Date
  /** @default 10 000 */
  maxEntries?: number
  /** UTF-16 units of all kept answers together. @default 8 388 608 (8 Mi) */
  maxChars?: number
  /** A seal lives at most this long with default profiles. @default 90 000 (25 h) */
  maxAgeSeconds?: number
}

interface Kept {
  answer: string
  until: number
}

/** Remembers within this process (on Workers: within one isolate). The oldest are forgotten first. */
export function createMemoryDeliveryStore({
  now,
  maxEntries = 10_000,
  maxChars = 8 * 1024 * 1024,
  maxAgeSeconds = 90_000,
}: MemoryDeliveryOptions): DeliveryStore {
  const kept = new Map<string, Kept>()
  const running = new Map<string, Promise<string>>()
  let chars = 0

  function forget(id: string): void {
    chars -= kept.get(id)?.answer.length ?? 0
    kept.delete(id)
  }

  function keep(id: string, answer: string): void {
    kept.set(id, { answer, until: now().getTime() + maxAgeSeconds * 1000 })
    chars += answer.length
    // In order of insertion, and all live equally long: the first is the oldest.
    for (const [oldest, { until }] of kept) {
      const isOver = kept.size > maxEntries || chars > maxChars
      if (!isOver && now().getTime() < until) break
      forget(oldest)
    }
  }

  return {
    once(id, run) {
      const known = kept.get(id)
      if (known && now().getTime() < known.until) return Promise.resolve(known.answer)
      if (known) forget(id)
      const pending = running.get(id)
      if (pending) return pending
      const started = run()
        .then((answer) => {
          keep(id, answer)
          return answer
        })
        .finally(() => running.delete(id))
      running.set(id, started)
      return started
    },
  }
}

/** Bytes. OSS's pages speak of 1 MB and of 3 MB; the smaller is safe. */
const MAX_ANSWER_BYTES = 1_000_000

/** Without a handler the page gets the facts that are its own anyway. */
export function buildDefaultAnswer(receipt: Receipt): object {
  const { id, key, name, size, type, etag, crc64, profile } = receipt
  const { image } = receipt.unverified
  return {
    ...{ id, key, name, size, type, etag, crc64, profile },
    ...(image && { unverified: { image } }),
  }
}

function toJson(answer: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(answer)
  } catch (cause) {
    throw new ServiceError('HANDLER_RESPONSE', 'The receipt handler answered no JSON.', { cause })
  }
  if (text === undefined || toUtf8(text).length >= MAX_ANSWER_BYTES) {
    throw new ServiceError(
      'HANDLER_RESPONSE',
      `The receipt handler must answer JSON under ${MAX_ANSWER_BYTES} bytes; OSS passes on no more.`,
    )
  }
  return text
}

/** Obtains a receipt and hands it over, once per id; answers JSON text. */
export type Deliver = (id: string, obtain: () => Promise<Receipt>) => Promise<string>

/**
 * @param handler answers nothing (`undefined`): the page gets the default answer
 * @returns a function that throws {ServiceError} `HANDLER_FAILED`, `HANDLER_RESPONSE`, and what `obtain` throws
 */
export function createDeliver(
  store: DeliveryStore,
  handler: ReceiptHandler = buildDefaultAnswer,
): Deliver {
  return (id, obtain) =>
    store.once(id, async () => {
      const receipt = await obtain()
      let answer: unknown
      try {
        answer = await handler(receipt)
      } catch (cause) {
        throw new ServiceError(
          'HANDLER_FAILED',
          'The file is stored, but the application could not take it in; confirm it again shortly.',
          { cause },
        )
      }
      return toJson(answer === undefined ? buildDefaultAnswer(receipt) : answer)
    })
}
