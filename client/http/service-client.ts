/**
 * Asks the service: each call is one POST of JSON with the caller's headers, repeated as `retry` says.
 */
import type { Ticket, UploadRequest } from '../../src/signer/ticket.ts'
import type { CommonOptions } from '../options.ts'
import { parseJson, readError, UploadError, type UploadStage } from './errors.ts'
import { retry } from './retry.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

const STALL_TIMEOUT_MS = 20_000

/** What every step needs: the options, the way out, and the way to stop. */
export interface Run {
  options: CommonOptions & { onProgress?: unknown }
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
    signal,
    stop: (cause) => controller.abort(new UploadError('ABORTED', 'abort', { cause })),
    send: (request) => transport({ ...request, signal, stallTimeoutMs }),
  }
}

/**
 * POSTs to the service. The shape of its answers is our own contract and not checked again here.
 *
 * @param path after `/uploads`, e.g. `/parts`
 * @throws UploadError with the service's own code
 */
export function askService<T extends object>(
  run: Run,
  stage: UploadStage,
  path: string,
  body: object,
): Promise<T> {
  const { endpoint, headers } = run.options
  return retry(run, stage, async () => {
    const answer = await run.send({
      method: 'POST',
      url: `${endpoint.replace(/\/$/, '')}/uploads${path}`,
      stage,
      headers: {
        ...(typeof headers === 'function' ? await headers() : headers),
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })
    const { status, text } = answer
    if (status > 299) throw readError(answer, stage)
    const value = parseJson<T>(text || '{}')
    if (!value) throw new UploadError('BAD_ANSWER', stage, { status })
    return value
  })
}

/** Asks for a ticket. @throws UploadError BAD_ANSWER for what is none */
export async function askTicket<T extends Ticket>(
  run: Run,
  file: Blob,
  more: { [Name in keyof UploadRequest]?: UploadRequest[Name] | undefined },
): Promise<T> {
  const { profile, vars, name = (file as Partial<File>).name ?? 'blob' } = run.options
  const { type, size } = file
  const ticket = await askService<T>(run, 'sign', '', { profile, vars, name, type, size, ...more })
  if (!ticket.session) throw new UploadError('BAD_ANSWER', 'sign')
  return ticket
}
