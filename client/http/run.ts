/**
 * One run of an upload, from its start to its end or pause: options, a signal that ends it, and the transport.
 */
import type { CommonOptions, Transport, TransportRequest, TransportResponse } from '../options.ts'
import { UploadError } from './errors.ts'

const STALL_TIMEOUT_MS = 20_000

/** What every step of an upload needs. */
export interface Run {
  options: CommonOptions & { onProgress?: unknown }
  transport: Transport
  signal: AbortSignal
  /** Ends every request and wait of this run with `ABORTED`. */
  stop: (cause?: unknown) => void
  send: (request: Omit<TransportRequest, 'signal' | 'stallTimeoutMs'>) => Promise<TransportResponse>
}

export function createRun(options: Run['options'], fallback: Transport): Run {
  const controller = new AbortController()
  const { signal } = controller
  const { transport = fallback, stallTimeoutMs = STALL_TIMEOUT_MS } = options
  return {
    options,
    transport,
    signal,
    stop: (cause) => controller.abort(new UploadError('ABORTED', 'abort', { cause })),
    send: (request) => transport({ ...request, signal, stallTimeoutMs }),
  }
}

/** A run that ends with its parent, and can be stopped alone. */
export function createChildRun(parent: Run): Run {
  const child = createRun(parent.options, parent.transport)
  const { signal } = parent
  const stop = () => child.stop(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return child
}
