/**
 * Requests by the platform's `request` and `uploadFile`: each ends once, by a response, a fault, the signal or a time limit.
 */
import { UploadError } from '../http/errors.ts'
import type { TransportResponse, UploadStage } from '../options.ts'
import { toFaultError } from './faults.ts'
import type { MiniApi, MiniFault, MiniResponse, MiniTask } from './model.ts'

/** OSS tries up to five callback URLs, 5 s each, before it responds. */
export const RESPONSE_TIMEOUT_MS = 30_000
/** The slowest line on which a request without progress is not given up: 16 KiB/s. */
const MIN_BYTES_PER_MS = 16

interface Limits {
  stage: UploadStage
  url: string
  signal: AbortSignal
}

export interface FileRequest extends Limits {
  filePath: string
  fields: Record<string, string>
  fileType: 'image' | 'video' | 'audio'
  /** Of the file. */
  size: number
  stallTimeoutMs: number
  /** Bytes of the file that have left. */
  onSent(sentBytes: number): void
}

/** Keys of `header` are in any case; a value that came twice may be a list. */
function toResponse({ data, statusCode }: MiniResponse, header: object = {}): TransportResponse {
  const values = new Map(
    Object.entries(header).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  return {
    status: Number(statusCode),
    text: typeof data === 'string' ? data : JSON.stringify(data ?? ''),
    header: (name) => values.get(name),
  }
}

/** Taro returns a promise beside the callbacks: its rejection is the fault that `fail` has reported. */
function toTask(returned: unknown): MiniTask {
  const task: MiniTask & { then?: unknown } = Object(returned)
  if (typeof task.then === 'function') Promise.resolve(returned).catch(() => {})
  return task
}

type Begin = (
  callbacks: { success(response: MiniResponse): void; fail(fault: MiniFault): void },
  extend: (milliseconds: number) => void,
  noteHeader: (header: object) => void,
) => MiniTask

function perform({ stage, url, signal }: Limits, limitMs: number, begin: Begin) {
  return new Promise<TransportResponse>((resolve, reject) => {
    signal.throwIfAborted()
    let task: MiniTask = {}
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let known: object | undefined

    /** @returns false for what comes after the end */
    function end(): boolean {
      if (isOver) return false
      isOver = true
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      return true
    }
    function giveUp(error: unknown): void {
      if (!end()) return
      reject(error)
      task.abort?.()
    }
    const stop = () => giveUp(signal.reason)
    function extend(milliseconds: number): void {
      clearTimeout(timer)
      if (!isOver) timer = setTimeout(() => giveUp(new UploadError('STALLED', stage)), milliseconds)
    }

    extend(limitMs)
    signal.addEventListener('abort', stop)
    try {
      task = begin(
        {
          success(response) {
            if (end()) resolve(toResponse(response, response.header ?? known))
          },
          fail(fault) {
            if (!end()) return
            const { status, data, headers } = fault
            if (status) resolve(toResponse({ data, statusCode: status }, headers))
            else reject(toFaultError(fault, stage, url))
          },
        },
        extend,
        (header) => {
          known = header
        },
      )
    } catch (error) {
      giveUp(error)
    }
    // It may have ended while it began.
    if (signal.aborted) task.abort?.()
  })
}

/** POSTs text to the service. @throws UploadError, or the signal's reason */
export function sendText(
  api: MiniApi,
  request: Limits & { headers: Record<string, string>; body: string },
): Promise<TransportResponse> {
  const { url, headers: header, body: data } = request
  return perform(request, RESPONSE_TIMEOUT_MS, (callbacks) =>
    toTask(
      api.request({
        url,
        method: 'POST',
        header,
        data,
        timeout: RESPONSE_TIMEOUT_MS,
        ...callbacks,
      }),
    ),
  )
}

/** Sends the form of a ticket with the file as its last field. @throws UploadError, or the signal's reason */
export function sendFile(api: MiniApi, request: FileRequest): Promise<TransportResponse> {
  const { url, filePath, fields: formData, fileType, size, stallTimeoutMs, onSent } = request
  const responseTimeoutMs = Math.max(stallTimeoutMs, RESPONSE_TIMEOUT_MS)
  // Until progress shows, and where there is none, the size sets the limit.
  const limitMs = stallTimeoutMs + responseTimeoutMs + Math.ceil(size / MIN_BYTES_PER_MS)
  return perform(request, limitMs, (callbacks, extend, noteHeader) => {
    const settings = { url, filePath, name: 'file', formData, fileType, timeout: limitMs }
    const task = toTask(api.uploadFile({ ...settings, ...callbacks }))
    task.onHeadersReceived?.(({ header }) => noteHeader(header))
    task.onProgressUpdate?.(({ progress, totalBytesSent, totalBytesExpectedToSend = 0 }) => {
      // The fields are sent first: what is left of the total belongs to the file.
      const sent =
        totalBytesSent === undefined
          ? (size * progress) / 100
          : totalBytesSent + size - Math.max(size, totalBytesExpectedToSend)
      const isSent = progress >= 100 || sent >= size
      extend(isSent ? responseTimeoutMs : stallTimeoutMs)
      onSent(Math.min(size, Math.max(0, sent)))
    })
    return task
  })
}
