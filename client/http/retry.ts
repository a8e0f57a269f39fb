/**
 * What is repeated, and when: retryable errors, with full jitter; the count starts again once bytes have moved.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import type { UploadStage } from '../options.ts'
import { toUploadError } from './errors.ts'
import type { Host, ServiceRun } from './run.ts'

/** Upper limits of the waits in milliseconds; each wait is a random share of its limit. About a minute in all. */
export const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]

/** An offline device tries again after this long, in case the browser is wrong about it. */
const OFFLINE_RECHECK_MS = 30_000

/** Sleeps; the host's `online` event ends it early. @throws the signal's reason */
export async function wait(milliseconds: number, signal: AbortSignal, host: Host): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      host.removeEventListener('online', finish)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, milliseconds)
    host.addEventListener('online', finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
  signal.throwIfAborted()
}

/**
 * @param once gets a function to call with the bytes sent so far: more than ever before starts the count again.
 *   As many as before does not, so what always breaks at the same place ends.
 * @throws the last `UploadError`, or the signal's reason
 */
export async function retry<T>(
  { signal, options, self: host = self }: Pick<ServiceRun, 'signal' | 'options' | 'self'>,
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
      // A response proves the device online, whatever the browser says.
      const isOffline = !error.status && !host.navigator.onLine
      const delayMs = isOffline
        ? OFFLINE_RECHECK_MS
        : (error.retryAfterMs ?? Math.random() * (retryDelays[attempt] ?? 0))
      attempt += 1
      onRetry?.({ stage, partNumber, code: error.code, error, attempt, delayMs, isOffline })
      if (isOffline) attempt = 0
      await wait(delayMs, signal, host)
    }
  }
}
