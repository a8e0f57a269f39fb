/** What callers hand in and get back. Types only; sizes are bytes. */
import type { UploadMethod } from '../src/signer/ticket.ts'
import type { RetryInfo } from './http/retry.ts'
import type { Transport } from './http/transport.ts'
import type { ResumeStore } from './upload/resume-store.ts'

/**
 * `stored`: the bytes are there, but the server's confirmation could not be had. `failed` and `stored`
 * uploads can be resumed, `done` and `aborted` ones are over.
 */
export type UploadState =
  | 'idle'
  | 'signing'
  | 'uploading'
  | 'paused'
  | 'completing'
  | 'confirming'
  | 'done'
  | 'stored'
  | 'failed'
  | 'aborted'

export interface FormProgress {
  /** Bytes of the file that have left, never falling. */
  loaded: number
  total: number
  /** 0 … 100; 100 only once the server's answer is here. */
  percentage: number
  state: UploadState
}

export interface Progress extends FormProgress {
  /** Bytes per second over the last few seconds. */
  speed: number
  /** Seconds left; undefined while nothing moves. */
  etaSeconds: number | undefined
}

export interface UploadResult {
  /** Id of the upload, made by the service. */
  id: string
  /** Object key, made by the service. */
  key: string
  /** The JSON that the server answered to the callback. */
  response: unknown
  /** How the answer came: relayed by OSS, or fetched from the service after a failed callback. */
  via: 'callback' | 'confirm'
  /** Decimal CRC-64 of the bytes read and stored; absent when checksums are off or could not be computed. */
  crc64?: string | undefined
}

export type Headers =
  | Record<string, string>
  | (() => Record<string, string> | Promise<Record<string, string>>)

export interface CommonOptions {
  /** Address of the upload service, e.g. `https://uploads.example.com`. */
  endpoint: string
  /** Name of the server's rules for this kind of upload. */
  profile: string
  /** Headers for the service (never for OSS), e.g. `authorization`; a function is asked for each request. */
  headers?: Headers
  /** Your own words about this upload; they come back in the receipt. */
  vars?: Record<string, string>
  /** @default `file.name` */
  name?: string
  /** Upper ends of the waits between tries, in milliseconds. @default 1, 2, 4, 8, 16, 30, 30, 30 s */
  retryDelays?: readonly number[]
  /** A request that moves no byte for this long is given up and repeated. @default 20 000 (20 s) */
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

export interface UploadOptions extends CommonOptions {
  onProgress?: (progress: Progress) => void
  /** @default the service's choice, by size */
  method?: UploadMethod
  /** Wish for multipart; the service keeps it within its limits. @default by size and remembered speed */
  partSize?: number
  /** Requests with file bytes at the same time, over all files of the uploader. @default 4 */
  concurrency?: number
  /** End-to-end check of the bytes. @default 'crc64' */
  checksum?: 'crc64' | false
  /** Where unfinished multipart uploads are remembered; null: nowhere. @default localStorage */
  storage?: ResumeStore | null
  /** What tells whether a file is the same one as before; undefined: it cannot be resumed. */
  fingerprint?: (file: Blob, options: UploadOptions) => string | undefined
}

export interface Upload {
  readonly file: Blob
  readonly state: UploadState
  readonly progress: Progress
  /** Stops sending; what is stored stays stored. Not while the upload is being completed. */
  pause(): void
  /** Goes on after `pause()`, or tries a `failed` or `stored` upload again. @returns the outcome of that */
  resume(): Promise<UploadResult>
  /** Gives the upload up, here and on OSS. */
  abort(): Promise<void>
}
