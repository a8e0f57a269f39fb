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

export interface Answer {
  status: number
  text: string
  header(name: string): string | undefined
}

/** Resolves with any readable answer; rejects with `UploadError`, or the signal's reason, when there is none. */
export type Transport = (request: TransportRequest) => Promise<Answer>

/** Finds out why there was no answer; see diagnosis.ts. */
export interface Diagnosis {
  answered(url: string): void
  explain(request: TransportRequest): Promise<UploadError>
}

/** OSS tries up to five callback URLs, 5 s each, before it answers. */
const ANSWER_TIMEOUT_MS = 30_000
/** Silence is counted in quarters: a page that slept for an hour has missed one of them only. */
const QUARTERS = 4

export function createTransport(diagnosis?: Diagnosis): Transport {
  return (request) =>
    new Promise((resolve, reject) => {
      const { method, url, stage, headers, body, signal, stallTimeoutMs, onSent } = request
      signal.throwIfAborted()
      const tickMs = stallTimeoutMs / QUARTERS
      const answerTicks = Math.max(QUARTERS, ANSWER_TIMEOUT_MS / tickMs)
      let quietTicks = 0
      let limit = onSent ? QUARTERS : QUARTERS + answerTicks

      const xhr = new XMLHttpRequest()
      xhr.open(method, url)
      for (const name in headers) {
        // The browser sets this one itself, to the same value, and refuses to be told.
        if (!/^content-length$/i.test(name)) xhr.setRequestHeader(name, headers[name] ?? '')
      }
      if (onSent) {
        xhr.upload.onprogress = xhr.upload.onload = ({ loaded, total }) => {
          quietTicks = 0
          if (loaded >= total) limit = answerTicks
          onSent(loaded, total)
        }
      }
      xhr.onprogress = () => {
        quietTicks = 0
      }
      const cancel = () => xhr.abort()
      const watch = setInterval(() => {
        quietTicks += 1
        if (quietTicks > limit) cancel()
      }, tickMs)
      signal.addEventListener('abort', cancel)
      xhr.onloadend = async () => {
        clearInterval(watch)
        signal.removeEventListener('abort', cancel)
        const { status, responseText: text } = xhr
        if (status) {
          diagnosis?.answered(url)
          const all = xhr.getAllResponseHeaders()
          // Not getResponseHeader: it complains in the console about headers that CORS hides.
          const header = (name: string) =>
            all.match(new RegExp(`^${name}: *(.*)`, 'im'))?.[1]?.trim()
          resolve({ status, text, header })
        } else if (signal.aborted) reject(signal.reason)
        else if (quietTicks > limit) reject(new UploadError('STALLED', stage, { retryable: true }))
        else {
          reject(
            (await diagnosis?.explain(request)) ??
              new UploadError('NETWORK', stage, { retryable: true }),
          )
        }
      }
      xhr.send(body)
    })
}
