/**
 * Port: how callbacks are sent. This implementation uses `fetch`; `node-transport.ts` uses Node's HTTP client and
 * can therefore set `Host` and `Connection`.
 */
import { readBody } from '../http/message.ts'

export interface CallbackCall {
  url: string
  /** Path and query as signed. */
  target: string
  hostName: string
  port: number
  secure: boolean
  /** Connect to this address instead of resolving the name again. */
  address?: string
  /** Value of the Host header. */
  host: string
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
  timeoutMs: number
  /** Whether TLS sends the name of the host (`callbackSNI`). */
  sni: boolean
  maxResponseBytes: number
}

export type CallbackOutcome =
  | { kind: 'response'; status: number; headers: Record<string, string>; body: Uint8Array }
  | { kind: 'too-long' }
  | { kind: 'timeout' }
  | { kind: 'unreachable' }

export interface CallbackTransport {
  /** IPv4 addresses of a name; empty when there are none. Without it only literal addresses are checked. */
  resolve?(hostName: string): Promise<string[]>
  send(call: CallbackCall): Promise<CallbackOutcome>
}

export function createFetchTransport(
  fetchCallback: (request: Request) => Promise<Response>,
): CallbackTransport {
  return {
    async send(call) {
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), call.timeoutMs)
      const timedOut = new Promise<CallbackOutcome>((resolve) => {
        abort.signal.addEventListener('abort', () => resolve({ kind: 'timeout' }))
      })
      try {
        return await Promise.race([sendOnce(fetchCallback, call, abort.signal), timedOut])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

async function sendOnce(
  fetchCallback: (request: Request) => Promise<Response>,
  call: CallbackCall,
  signal: AbortSignal,
): Promise<CallbackOutcome> {
  try {
    const request = new Request(call.url, {
      method: 'POST',
      headers: call.headers,
      body: call.body,
      redirect: 'manual',
      signal,
    })
    const response = await fetchCallback(request)
    const body = await readBody(response.body, call.maxResponseBytes)
    if (!body) return { kind: 'too-long' }
    const headers: Record<string, string> = {}
    response.headers.forEach((value, name) => {
      headers[name] = value
    })
    return { kind: 'response', status: response.status, headers, body }
  } catch {
    return { kind: signal.aborted ? 'timeout' : 'unreachable' }
  }
}
