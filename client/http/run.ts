/**
 * One run of an upload, from its start to its end or pause: options, a signal that ends it, and the transport.
 */
import type { CommonOptions, Transport, TransportRequest, TransportResponse } from '../options.ts'
import { UploadError } from './errors.ts'

const STALL_TIMEOUT_MS = 20_000

/** A request whose signal and limits are the run's, unless it brings its own. */
export type RunRequest = Omit<TransportRequest, 'signal' | 'stallTimeoutMs'> &
  Partial<TransportRequest>

/** What a wait needs of a page's `self`. */
export interface Host {
  navigator: Pick<Navigator, 'onLine'>
  addEventListener(type: 'online', listener: () => void): void
  removeEventListener(type: 'online', listener: () => void): void
}

/** What every step of an upload needs. */
export interface Run {
  /** What is sent. */
  file: Blob
  options: CommonOptions
  signal: AbortSignal
  /** Ends every request and wait of this run with `ABORTED`. */
  stop: (cause?: unknown) => void
  send: (request: RunRequest) => Promise<TransportResponse>
  /** Of mini programs and React Native, which have no such events. @default the page's own */
  self?: Host
}

/** A run as calls of the service need it: without a `Blob`, which mini programs do not have. */
export type ServiceRun = Omit<Run, 'file' | 'stop'>

/**
 * Reads the first byte; of an empty file everything, because a removed file or a folder may claim to be empty.
 *
 * @throws the browser's error for a file that was changed, moved or removed, or is a folder
 */
export async function checkReadable(file: Blob): Promise<void> {
  await (file.size ? file.slice(0, 1) : file).arrayBuffer()
}

export function createRun(file: Blob, options: Run['options'], transport: Transport): Run {
  const controller = new AbortController()
  const { signal } = controller
  const { stallTimeoutMs = STALL_TIMEOUT_MS } = options
  const run: Run = {
    file,
    options,
    signal,
    stop: (cause) => controller.abort(new UploadError('ABORTED', 'abort', { cause })),
    async send(request) {
      try {
        return await transport({ signal, stallTimeoutMs, ...request })
      } catch (error) {
        // A file that cannot be read looks like a broken network.
        if (request.stage === 'send') await checkReadable(run.file)
        throw error
      }
    },
  }
  return run
}

/** A run that ends with its parent, and can be stopped alone. */
export function createChildRun(parent: Run): Run {
  const child = createRun(parent.file, parent.options, parent.send)
  const { signal } = parent
  const stop = () => child.stop(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return child
}
