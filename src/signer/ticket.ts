/**
 * The wire shapes that the service and the browser share. Types only; sizes are bytes, times ISO 8601 UTC.
 */

/** Body of `POST /uploads`. */
export interface UploadRequest {
  /** Name of the server's rules for this kind of upload. */
  profile: string
  /** File name as the user sees it. Data only: it never becomes part of a path. */
  name: string
  /** Media type, e.g. `image/png`. Empty means `application/octet-stream`. */
  type: string
  /** Exact size of the file. */
  size: number
  /** The application's own words about this upload; they come back in the receipt. */
  vars?: Record<string, string>
  /** @default by size: `form` below the profile's multipart threshold, else `multipart` */
  method?: UploadMethod
  /** Wish for multipart; the service keeps it within the limits of OSS and the profile. */
  partSize?: number
  /** Base64 MD5 of the whole file; checked by OSS (`put`) and against the callback (`form`, `put`). */
  contentMd5?: string
  /** Decimal CRC-64 of the whole file, checked against the callback. */
  crc64?: string
}

export type UploadMethod = 'form' | 'put' | 'multipart'

interface TicketFacts {
  /** Id of this upload, made by the service; the receipt's idempotency key. */
  id: string
  /** Object key, made by the service. */
  key: string
  /** The sealed memory of this upload; opaque to the page, needed for every further call. */
  session: string
  /** End of the signatures in this ticket. */
  expiresAt: string
}

/** POST the fields in their order as `multipart/form-data`, then the file as the last field, `file`. */
export interface FormTicket extends TicketFacts {
  kind: 'form'
  url: string
  fields: Record<string, string>
}

/** PUT the bytes with exactly these headers. */
export interface PutTicket extends TicketFacts {
  kind: 'put'
  url: string
  headers: Record<string, string>
}

/** PUT each part's bytes to its URL without any header of your own, then send `complete`. */
export interface MultipartTicket extends TicketFacts, PartWindow {
  kind: 'multipart'
  /** Every part but the last has this size; each URL is signed for its part's exact length. */
  partSize: number
  partCount: number
}

export type Ticket = FormTicket | PutTicket | MultipartTicket

export interface PartUrl {
  /** 1 … partCount */
  partNumber: number
  url: string
}

/** Answer of `POST /uploads/parts`, and part of a multipart ticket: at most 100 URLs. */
export interface PartWindow {
  parts: PartUrl[]
  /** POST without a body, with exactly these headers. Its answer is the callback's answer. */
  complete: { url: string; headers: Record<string, string> }
  expiresAt: string
}

/** Body of `POST /uploads/parts`. */
export interface PartsRequest {
  session: string
  /** At most 100, each 1 … partCount. */
  partNumbers: number[]
}

/** Body of `POST /uploads/state`, `/uploads/confirm` and `/uploads/abort`. */
export interface SessionRequest {
  session: string
}

/** What OSS has of an unfinished multipart upload. */
export interface UploadStateResponse {
  parts: StoredPart[]
}

export interface StoredPart {
  partNumber: number
  size: number
  /** Decimal CRC-64 as OSS computed it. */
  crc64: string
  etag: string
}

/** Body of every error answer of the service. */
export interface ErrorResponse {
  error: {
    /** The contract: stable, upper case. */
    code: string
    /** For people: what happened, why, what to do next. */
    message: string
    requestId: string
    /** Whether the same request may succeed later without any change. */
    retryable: boolean
  }
}
