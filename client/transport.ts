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

export function createTransport(diagnosis?: Diagnosis): Transport {
  return (request) =>
    new Promise((resolve, reject) => {
      const { method, url, stage, headers, body, signal, stallTimeoutMs, onSent } = request
      signal.throwIfAborted()
      const answerTimeoutMs = Math.max(stallTimeoutMs, ANSWER_TIMEOUT_MS)
      const xhr = new XMLHttpRequest()
      xhr.open(method, url)
      for (const name in headers) xhr.setRequestHeader(name, headers[name] ?? '')

      const cancel = () => xhr.abort()
      let timer: ReturnType<typeof setTimeout> | undefined
      let isStalled = false
      // A page that was frozen wakes up with this due: its connections are dead by then.
      const watch = (milliseconds: number) => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          isStalled = true
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
      xhr.onloadend = async () => {
        clearTimeout(timer)
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
        else {
          const code = isStalled ? 'STALLED' : 'NETWORK'
          reject(
            (!isStalled && (await diagnosis?.explain(request))) || new UploadError(code, stage),
          )
        }
      }
      xhr.send(body)
    })
}
