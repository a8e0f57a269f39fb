/**
 * Port: how a callback leaves the desk. This twin uses `fetch`; `node-callback.ts` speaks plain HTTP and can
 * therefore set `Host` and `Connection`.
 */
export interface CallbackCall {
  url: string
  /** Path and query as signed. */
  target: string
  hostName: string
  port: number
  secure: boolean
  /** Connect here instead of resolving the name again. */
  address?: string
  /** Value of the Host header. */
  host: string
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
  timeoutMs: number
  /** Whether TLS names the host it wants (`callbackSNI`). */
  sni: boolean
  maxAnswerBytes: number
}

export type CallbackOutcome =
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: Uint8Array }
  | { kind: 'too-long' }
  | { kind: 'timeout' }
  | { kind: 'unreachable' }

export interface CallbackTransport {
  /** IPv4 addresses of a name; empty when there are none. Without it only literal addresses are judged. */
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
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > call.maxAnswerBytes) return { kind: 'too-long' }
      chunks.push(chunk)
    }
    const body = new Uint8Array(size)
    let at = 0
    for (const chunk of chunks) {
      body.set(chunk, at)
      at += chunk.byteLength
    }
    const headers: Record<string, string> = {}
    response.headers.forEach((value, name) => {
      headers[name] = value
    })
    return { kind: 'answer', status: response.status, headers, body }
  } catch {
    return { kind: signal.aborted ? 'timeout' : 'unreachable' }
  }
}
