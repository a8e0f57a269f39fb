/**
 * What is repeated, and when: network, 5xx, 408, 429 with full jitter; the count starts again once bytes have moved.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { toUploadError, type UploadStage } from './errors.ts'
import type { Run } from './service-client.ts'

/** Upper ends of the waits in milliseconds; each wait is a random share of its end. About a minute in all. */
export const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]

/** An offline device tries again after this long, in case the browser is wrong about it. */
const OFFLINE_RECHECK_MS = 30_000

export interface RetryInfo {
  stage: UploadStage
  /** The part that is sent again, in a multipart upload. */
  partNumber?: number | undefined
  code: string
  /** 1 for the first repetition. */
  attempt: number
  delayMs: number
}

/** Sleeps; the network's return ends it early. @throws the signal's reason */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer)
      removeEventListener('online', finish)
      signal.removeEventListener('abort', finish)
      signal.aborted ? reject(signal.reason) : resolve()
    }
    const timer = setTimeout(finish, milliseconds)
    addEventListener('online', finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}

/**
 * @param once is handed a function to call with the bytes sent so far: getting further than ever
 *   starts the count again. Getting as far as before does not, so what always breaks half-way ends.
 * @throws the last `UploadError`, or the signal's reason
 */
export async function retry<T>(
  { signal, options }: Pick<Run, 'signal' | 'options'>,
  stage: UploadStage,
  once: (onMoved: (sentBytes: number) => void) => Promise<T>,
  partNumber?: number,
): Promise<T> {
  const { retryDelays = RETRY_DELAYS_MS, onRetry } = options
  let attempt = 0
  let furthest = 0
  const onMoved = (sentBytes: number) => {
    if (sentBytes > furthest) {
      furthest = sentBytes
      attempt = 0
    }
  }
  for (;;) {
    try {
      return await once(onMoved)
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toUploadError(thrown, stage)
      error.spent ||= !error.retryable || attempt >= retryDelays.length
      if (error.spent) throw error
      const delayMs = error.retryAfterMs ?? Math.random() * (retryDelays[attempt] ?? 0)
      attempt += 1
      onRetry?.({ stage, partNumber, code: error.code, attempt, delayMs })
      if (!navigator.onLine) attempt = 0
      await wait(navigator.onLine ? delayMs : OFFLINE_RECHECK_MS, signal)
    }
  }
}
