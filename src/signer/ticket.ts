/**
 * Requests and responses of the service, shared with the browser client. Types only; sizes in bytes, times ISO 8601 UTC.
 */

/** Body of `POST /uploads`. */
export interface UploadRequest {
  /** Name of the server's rules for this kind of upload. */
  profile: string
  /** File name as the user sees it. It never becomes part of a path. */
  name: string
  /** Media type, e.g. `image/png`. Empty means `application/octet-stream`. */
  type: string
  /** Exact size of the file. */
  size: number
  /** Values of the application; they are returned in the receipt. */
  vars?: Record<string, string>
  /** @default by size: `form` below the profile's multipart threshold, else `multipart` */
  method?: UploadMethod
  /** Wished size of parts; the service keeps it within the limits of OSS. */
  partSize?: number
  /** Base64 MD5 of the whole file; checked by OSS (`put`) and against the callback (`form`, `put`). */
  contentMd5?: string
  /** Decimal CRC-64 of the whole file, checked against the callback. */
  crc64?: string
}

export type UploadMethod = 'form' | 'put' | 'multipart'

interface TicketFacts {
  /** Id of this upload, made by the service; idempotency key of the receipt. */
  id: string
  /** Object key, made by the service. */
  key: string
  /** Everything about this upload, signed; sent back with every further request. */
  session: string
  /** End of the signatures in this ticket. */
  expiresAt: string
}

/** To be sent by POST as `multipart/form-data`: the fields in their order, then the file as the field `file`. */
export interface FormTicket extends TicketFacts {
  kind: 'form'
  url: string
  fields: Record<string, string>
}

/** To be sent by PUT with exactly these headers. */
export interface PutTicket extends TicketFacts {
  kind: 'put'
  url: string
  headers: Record<string, string>
}

/** Each part is sent by PUT to its URL without further headers; then `complete` is sent. */
export interface MultipartTicket extends TicketFacts, PartWindow {
  kind: 'multipart'
  /** Every part but the last has this size; each URL is signed for its part's exact length. */
  partSize: number
  partCount: number
}

export type Ticket = FormTicket | PutTicket | MultipartTicket

/** Body of `POST /uploads` for many files: 1 to 50. */
export interface UploadListRequest {
  uploads: UploadRequest[]
}

/** Its response: in the order of the requests, each a ticket or an error of its own. */
export interface TicketList {
  tickets: (Ticket | ErrorResponse)[]
}

export interface PartUrl {
  /** 1 … partCount */
  partNumber: number
  url: string
}

/** Response of `POST /uploads/parts`, and part of a multipart ticket: at most 100 URLs. */
export interface PartWindow {
  parts: PartUrl[]
  /** To be sent by POST without a body, with exactly these headers. Its response is that of the callback. */
  complete: { url: string; headers: Record<string, string> }
  expiresAt: string
}

/** Body of `POST /uploads/parts`. */
export interface PartsRequest {
  session: string
  /** At most 100, each 1 … partCount. */
  partNumbers: number[]
}

/** Body of `POST /uploads/state` and `/uploads/abort`. */
export interface SessionRequest {
  session: string
}

/** Body of `POST /uploads/confirm`. */
export interface ConfirmRequest extends SessionRequest {
  /** What OSS said of the callback with its status 203, for the operator's log. */
  reason?:
    | { code?: string | undefined; ec?: string | undefined; requestId?: string | undefined }
    | undefined
}

/** Body of `POST /uploads/stored`. */
export interface StoredUploadRequest {
  profile: string
  /** bytes */
  size: number
  /** Decimal, of the whole file. */
  crc64: string
}

/** Response of `POST /uploads/stored`: an earlier upload of the same bytes by the same user, if there is one. */
export interface StoredUploadResponse {
  stored?: { id: string; key: string; response: unknown } | undefined
}

/** An upload of the user, as `GET /objects` lists it. */
export interface OwnObject {
  id: string
  key: string
  /** The user's file name. */
  name: string
  type: string
  /** bytes */
  size: number
  /** Decimal. */
  crc64: string
}

/** Response of `GET /objects`. */
export interface OwnObjectPage {
  objects: OwnObject[]
  /** For `after`; absent on the last page. */
  next?: string | undefined
}

/** Response of `GET /objects/url`. */
export interface OwnObjectUrl extends OwnObject {
  url: string
  expiresAt: string
}

/** The parts that OSS has of an unfinished multipart upload. */
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

/** Body of every error response of the service. */
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
