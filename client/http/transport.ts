/**
 * The one way out: a port, and `XMLHttpRequest` behind it, because `fetch` shows no upload progress.
 */
import { UploadError, type UploadStage } from './errors.ts'

export interface TransportRequest {
  method: string
  url: string
  stage: UploadStage
  headers?: Record<string, string> | undefined
  body?: Blob | ArrayBuffer | FormData | string | undefined
  signal: AbortSignal
  /** Silence after which the request is given up, before the last byte has left. */
  stallTimeoutMs: number
  /** As bytes leave. Asking for it costs a cross-origin form its freedom from preflight. */
  onSent?: ((sentBytes: number, totalBytes: number) => void) | undefined
}

export interface TransportResponse {
  status: number
  text: string
  header(name: string): string | undefined
}

/** Resolves with any readable answer; rejects with `UploadError`, or the signal's reason, when there is none. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

/** OSS tries up to five callback URLs, 5 s each, before it answers. */
const ANSWER_TIMEOUT_MS = 30_000

export const sendByXhr: Transport = ({
  method,
  url,
  stage,
  headers,
  body,
  signal,
  stallTimeoutMs,
  onSent,
}) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const answerTimeoutMs = Math.max(stallTimeoutMs, ANSWER_TIMEOUT_MS)
    const xhr = new XMLHttpRequest()
    xhr.open(method, url)
    for (const name in headers) xhr.setRequestHeader(name, headers[name] ?? '')

    const cancel = () => xhr.abort()
    /** Undefined once it has run out. A page that was frozen wakes up with it due: its connections are dead. */
    let timer: ReturnType<typeof setTimeout> | undefined
    const watch = (milliseconds: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        timer = undefined
        cancel()
      }, milliseconds)
    }
    if (onSent) {
      xhr.upload.onprogress = xhr.upload.onload = ({ loaded, total }) => {
        watch(loaded < total ? stallTimeoutMs : answerTimeoutMs)
        onSent(loaded, total)
      }
    }
    watch(onSent ? stallTimeoutMs : stallTimeoutMs + answerTimeoutMs)
    signal.addEventListener('abort', cancel)
    xhr.onloadend = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      const { status, responseText: text } = xhr
      const all = xhr.getAllResponseHeaders()
      // Not getResponseHeader: it complains in the console about headers that CORS hides.
      const header = (name: string) => all.match(new RegExp(`^${name}: *(.*)`, 'im'))?.[1]?.trim()
      if (status) resolve({ status, text, header })
      else if (signal.aborted) reject(signal.reason)
      else reject(new UploadError(timer ? 'NETWORK' : 'STALLED', stage))
    }
    xhr.send(body)
  })
