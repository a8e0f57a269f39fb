/**
 * Requests by `XMLHttpRequest`, because `fetch` has no upload progress.
 */
import type { Transport } from '../options.ts'
import { UploadError } from './errors.ts'

/** OSS tries up to five callback URLs, 5 s each, before it responds. */
const RESPONSE_TIMEOUT_MS = 30_000
/** The slowest line on which a request without progress events is not given up: 16 KiB/s. */
const MIN_BYTES_PER_MS = 16

export const sendByXhr: Transport = ({
  method,
  url,
  stage,
  headers,
  body,
  bodyBytes = 0,
  signal,
  stallTimeoutMs,
  onSent,
}) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const responseTimeoutMs = Math.max(stallTimeoutMs, RESPONSE_TIMEOUT_MS)
    const xhr = new XMLHttpRequest()
    xhr.open(method, url)
    for (const name in headers) xhr.setRequestHeader(name, headers[name] ?? '')

    const cancel = () => xhr.abort()
    /** Undefined once it has run out. In a page that was frozen it is due on waking: the connections are dead. */
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
        watch(loaded < total ? stallTimeoutMs : responseTimeoutMs)
        onSent(loaded, total)
      }
    }
    // A service worker that passes requests on hides their progress: until it shows, the size sets the limit.
    const isHidden = !onSent || navigator.serviceWorker?.controller
    watch(stallTimeoutMs + (isHidden ? responseTimeoutMs + bodyBytes / MIN_BYTES_PER_MS : 0))
    signal.addEventListener('abort', cancel)
    xhr.onloadend = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      const { status, responseText: text } = xhr
      // Not getResponseHeader: it writes an error to the console for headers that CORS hides.
      const header = (name: string) =>
        xhr.getAllResponseHeaders().match(new RegExp(`^${name}: *(.*)`, 'im'))?.[1]
      if (status) resolve({ status, text, header })
      else
        reject(
          signal.aborted ? signal.reason : new UploadError(timer ? 'NETWORK' : 'STALLED', stage),
        )
    }
    xhr.send(body)
  })
