/** For a response; OSS tries up to five callback URLs, 5 s each, before it responds. */
const RESPONSE_TIMEOUT_MS = 60_000
/** The slowest line on which a request is not given up, bytes per ms: 16 KiB/s. */
const MIN_BYTES_PER_MS = 16

/** How long a request with such a body may take, ms. */
export function limitRequestMs(bodyBytes: number): number {
  return RESPONSE_TIMEOUT_MS + bodyBytes / MIN_BYTES_PER_MS
}

/**
 * Runs `work` with a signal that ends it after a time, or with the caller's own signal. Nothing holds on to the work
 * afterwards: `AbortSignal.timeout` would keep the body of a request in memory until its time is over.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  const timer = setTimeout(() => controller.abort(), limitMs)
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
