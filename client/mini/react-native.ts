/**
 * oss-upcall/react-native: files by their URI, as pickers return them. React Native reads the file itself, from a PUT with
 * `{ uri }` as its body or from a form; a `Blob`, which would hold all of it in memory, is never made.
 *
 * @see https://github.com/facebook/react-native/blob/main/packages/react-native/Libraries/Network/convertRequestBody.js
 */
import { UploadError } from '../http/errors.ts'
import { sendByXhr } from '../http/transport.ts'
import { createGate } from '../upload/queue.ts'
import { chooseType, readFileName } from './files.ts'
import { ALWAYS_ONLINE } from './host.ts'
import { RESPONSE_TIMEOUT_MS } from './send.ts'
import {
  type KnownFile,
  type MiniOptions,
  type MiniUpload,
  type OneRequestTicket,
  startUpload,
} from './upload.ts'

export { type ClientErrorCode, UploadError } from '../http/errors.ts'
export type { Progress, RetryInfo, UploadResult, UploadState } from '../options.ts'
export type { MiniUpload } from './upload.ts'

/** Files at a time; each is read by the native side. */
const CONCURRENCY = 4

/** As the pickers of React Native and Expo return it. */
export interface NativeFile {
  /** `file://…`, `content://…` or, on iOS, `ph://…`. */
  uri: string
  /** @default the last part of `uri` */
  name?: string | null
  fileName?: string | null
  /** Media type; what is none, e.g. Expo's `image`, is ignored. @default by the extension */
  type?: string | null
  mimeType?: string | null
  /** Bytes; without it the file is opened once to measure it, which on Android takes as much memory as the file has. */
  size?: number | null
  fileSize?: number | null
}

export interface NativeOptions extends MiniOptions {
  /**
   * How the file is sent; the profile must allow it. A form fails on Android up to OkHttp 4, React Native's own: it writes
   * the length of each part, which OSS refuses. @default 'put'
   */
  method?: 'put' | 'form'
}

let gate: ReturnType<typeof createGate> | undefined

/** Asks the native side; its blob is a reference, and is closed at once. @throws UploadError FILE_UNREADABLE */
function measureFile(uri: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('GET', uri)
    xhr.responseType = 'blob'
    xhr.onload = () => {
      const blob: (Blob & { close?(): void }) | null = xhr.response
      resolve(blob?.size ?? 0)
      blob?.close?.()
    }
    xhr.onerror = () => reject(new UploadError('FILE_UNREADABLE', 'sign'))
    xhr.send()
  })
}

async function describeFile(file: NativeFile): Promise<KnownFile> {
  const { uri } = file
  const name = (file.name ?? file.fileName) || readFileName(uri)
  const type = chooseType(file.mimeType ?? file.type, name, uri)
  return { path: uri, name, type, size: file.size ?? file.fileSize ?? (await measureFile(uri)) }
}

/** Fields in their order, the file last; its own name is not sent, as in the browser client. */
function buildBody(ticket: OneRequestTicket, { path: uri, type }: KnownFile): Blob | FormData {
  const native = { uri, type: type || 'application/octet-stream', name: 'file' }
  // In React Native `{ uri }` is what a Blob is elsewhere.
  if (ticket.kind === 'put') return { uri } as unknown as Blob
  const form = new FormData()
  for (const field in ticket.fields) form.append(field, ticket.fields[field] ?? '')
  form.append('file', native as unknown as Blob)
  return form
}

/**
 * Uploads a file; all uploads of the app share one queue.
 *
 * @returns a promise of the result that also has the method `abort()`
 * @throws UploadError (the promise rejects)
 */
export function upload(file: NativeFile, options: NativeOptions): MiniUpload {
  gate ??= createGate(CONCURRENCY)
  return startUpload(options, {
    host: ALWAYS_ONLINE,
    gate,
    method: options.method ?? 'put',
    describe: () => describeFile(file),
    sendText: (request) =>
      sendByXhr({ ...request, method: 'POST', stallTimeoutMs: RESPONSE_TIMEOUT_MS }),
    sendFile: (ticket, known, { signal, stallTimeoutMs, onSent }) =>
      sendByXhr({
        method: ticket.kind === 'put' ? 'PUT' : 'POST',
        url: ticket.url,
        stage: 'send',
        headers: ticket.kind === 'put' ? ticket.headers : undefined,
        body: buildBody(ticket, known),
        bodyBytes: known.size,
        signal,
        stallTimeoutMs,
        // A form's fields are sent first: what is left of the total belongs to the file.
        onSent: (sentBytes, totalBytes) => onSent(Math.max(0, sentBytes + known.size - totalBytes)),
      }),
  })
}
