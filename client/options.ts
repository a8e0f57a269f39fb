/** What callers pass in and get back. Types only; sizes are bytes. Over 200 lines: most of them say what an option does. */
import type { UploadMethod } from '../src/signer/ticket.ts'

/**
 * `stored`: OSS has the bytes, but the application's response is missing: the upload failed with `CONFIRM_FAILED`, or
 * it succeeded with `delivery: 'accepted'`. `failed` and `stored` uploads can be resumed; `done` and `aborted` are
 * final. `offline` and `retrying`: nothing is sent until the network is back, or until `nextAttemptAt`. `preparing`: the
 * option `transform` is at work.
 */
export type UploadState =
  | 'idle'
  | 'preparing'
  | 'signing'
  | 'uploading'
  | 'offline'
  | 'retrying'
  | 'paused'
  | 'completing'
  | 'confirming'
  | 'done'
  | 'stored'
  | 'failed'
  | 'aborted'

/** The step during which something happened. */
export type UploadStage =
  | 'transform'
  | 'sign'
  | 'send'
  | 'complete'
  | 'confirm'
  | 'resume'
  | 'abort'

export interface FormProgress {
  /** Bytes of the file that have left this page; never decreases. */
  loaded: number
  /** Bytes of the file; once a `transform` is done, of its result. */
  total: number
  /** 0 … 100; 100 only after the server's response. */
  percentage: number
  state: UploadState
}

export interface Progress extends FormProgress {
  /** Bytes per second over the last few seconds. */
  speed: number
  /** Seconds left; undefined while no byte moves. */
  etaSeconds: number | undefined
  /** In the states `offline` and `retrying`: when the next attempt starts, in milliseconds since 1970. */
  nextAttemptAt: number | undefined
}

export interface UploadResult {
  /** Id of the upload, made by the service. */
  id: string
  /** Object key, made by the service. */
  key: string
  /** The JSON value that the application responded with; undefined while `delivery` is `accepted`. */
  response: unknown
  /**
   * `done`: the application has responded. `accepted`: the object is stored and recorded, but the application has not
   * responded in time; the service delivers it later. `resume()` asks for the response.
   */
  delivery: 'done' | 'accepted'
  /** How the response came: relayed by OSS, fetched from the service after a failed callback, or that of an earlier upload. */
  via: 'callback' | 'confirm' | 'found'
  /**
   * Decimal CRC-64 of the bytes read and stored; absent when checksums are off or could not be computed. From the
   * form-only client: as OSS computed it, when CORS exposes `x-oss-hash-crc64ecma`.
   */
  crc64?: string | undefined
}

/** The public fields of an `UploadError`. */
export interface UploadFailure extends Error {
  /** The contract: of this client, of the service or of OSS. */
  readonly code: string
  readonly stage: UploadStage
  /** HTTP status, when there was a response. */
  readonly status: number | undefined
  readonly requestId: string | undefined
  /** OSS's own finer error number, e.g. `0007-00000203`. */
  readonly ec: string | undefined
  /** Whether the same upload may succeed later. */
  readonly retryable: boolean
}

export interface RetryInfo {
  stage: UploadStage
  /** The part that is sent again, in a multipart upload. */
  partNumber?: number | undefined
  code: string
  /** Why; e.g. after OSS's 203 `CallbackFailed` with OSS's message and EC. */
  error: UploadFailure
  /** 1 for the first repetition. */
  attempt: number
  delayMs: number
  /** Waits for the network; its return ends the wait early. */
  isOffline?: boolean
}

export interface TransportRequest {
  method: string
  url: string
  stage: UploadStage
  headers?: Record<string, string> | undefined
  body?: Blob | ArrayBuffer | FormData | string | undefined
  /** Bytes of the file in `body`. */
  bodyBytes?: number | undefined
  signal: AbortSignal
  /** The request is given up after this long without a byte sent, until the last byte has left. */
  stallTimeoutMs: number
  /** Called as bytes leave. With it, a cross-origin form needs a preflight. */
  onSent?: ((sentBytes: number, totalBytes: number) => void) | undefined
}

export interface TransportResponse {
  status: number
  text: string
  header(name: string): string | undefined
}

/** Resolves with any readable response; rejects with `UploadError` or the signal's reason when there is none. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

/** `localStorage` is one; so is anything asynchronous with these three methods. */
export interface ResumeStore {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

export type Headers =
  | Record<string, string>
  | (() => Record<string, string> | Promise<Record<string, string>>)

export interface CommonOptions {
  /** Address of the upload service, e.g. `https://uploads.example.com`. */
  endpoint: string
  /** Name of the server's rules for this kind of upload. */
  profile: string
  /** Headers for the service (never for OSS), e.g. `authorization`; a function is called for each request. */
  headers?: Headers
  /** The application's own data about this upload; it comes back in the receipt. */
  vars?: Record<string, string>
  /** @default `file.name` */
  name?: string
  /** Media type. @default `file.type`; where that is empty, by the name and the first bytes (not in the form-only client) */
  type?: string
  /** Upper limits of the waits between attempts, in milliseconds. @default 1, 2, 4, 8, 16, 30, 30, 30 s */
  retryDelays?: readonly number[]
  /** A request that sends no byte for this long is given up and repeated. @default 20 000 (20 s) */
  stallTimeoutMs?: number
  /** Aborting it is the same as calling `abort()`. */
  signal?: AbortSignal
  onStateChange?: (state: UploadState) => void
  /** A request will be repeated. */
  onRetry?: (info: RetryInfo) => void
  /** How requests are made. @default XMLHttpRequest */
  transport?: Transport
}

/** Of the form-only client. */
export interface FormOptions extends CommonOptions {
  onProgress?: (progress: FormProgress) => void
}

/** The file that is uploaded instead; the same where there is nothing to do. */
export type FileTransform = (file: File, context: { signal: AbortSignal }) => Blob | Promise<Blob>

export interface UploadOptions extends CommonOptions {
  /**
   * Changes the file first, e.g. `resizeImage()` of oss-upcall/transform. What is uploaded, with its name, type and size, is
   * the result; what identifies the upload across page loads is still the file that was given.
   */
  transform?: FileTransform
  onProgress?: (progress: Progress) => void
  /** @default the service's choice, by size */
  method?: UploadMethod
  /** Preferred part size; the service keeps it within its limits. @default by size and the speed of earlier uploads */
  partSize?: number
  /**
   * After the service has accepted the upload without the application's response, asks for the response again for
   * this long. @default 0: the upload ends at once with `delivery: 'accepted'`
   */
  waitForResponseMs?: number
  /** Requests with file bytes at the same time, over all files of the uploader. @default 4; of files below 256 KiB 6 */
  concurrency?: number
  /** Of `createUploader`: small files that have a ticket, or ask for one, before their turn. @default 12, or 2 × `concurrency` */
  ticketsAhead?: number
  /** End-to-end check of the bytes. @default 'crc64' */
  checksum?: 'crc64' | false
  /** Where unfinished multipart uploads are recorded; null: nowhere. @default localStorage */
  storage?: ResumeStore | null
  /** Identifies a file across page loads; undefined: it cannot be resumed. */
  fingerprint?: (file: Blob, options: UploadOptions) => string | undefined
}

export interface Upload<Result = UploadResult> {
  /** As it was given. */
  readonly file: Blob
  readonly state: UploadState
  readonly progress: Progress
  /** Stops sending; what is stored stays stored. Ignored while the upload is being completed. */
  pause(): void
  /** Continues after `pause()`, or tries a `failed` or `stored` upload again. @returns the outcome of that */
  resume(): Promise<Result>
  /** Cancels the upload, here and on OSS. */
  abort(): Promise<void>
}
