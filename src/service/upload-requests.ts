/** The bodies that pages send, checked field by field; unknown fields are refused. */
import * as v from 'valibot'
import type {
  ConfirmRequest,
  PartsRequest,
  SessionRequest,
  UploadRequest,
} from '../signer/ticket.ts'
import { bytes, text, textTable } from './schemas.ts'

/** Of `POST /uploads`. */
export const uploadRequest = v.strictObject({
  profile: text,
  name: text,
  type: v.pipe(text, v.maxLength(255, 'must have at most 255 characters')),
  size: bytes,
  vars: v.exactOptional(textTable),
  method: v.exactOptional(
    v.picklist(['form', 'put', 'multipart'], 'must be form, put or multipart'),
  ),
  partSize: v.exactOptional(v.pipe(bytes, v.minValue(1, 'must be at least 1'))),
  contentMd5: v.exactOptional(
    v.pipe(text, v.regex(/^[A-Za-z0-9+/]{22}==$/, 'must be a Base64 MD5')),
  ),
  crc64: v.exactOptional(
    v.pipe(text, v.regex(/^(?:0|[1-9]\d{0,19})$/, 'must be a decimal CRC-64')),
  ),
}) satisfies v.GenericSchema<unknown, UploadRequest>

/** Tickets of one call: their responses have some 200 000 bytes, and a client asks ahead for no more. */
export const MAX_UPLOADS = 50

/** Whether it is meant as a list. */
export function isUploadList(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'uploads' in body
}

/** Of `POST /uploads` for many files; each entry is checked by itself. */
export const uploadListRequest = v.strictObject({
  uploads: v.pipe(
    v.array(v.unknown(), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(MAX_UPLOADS, `must name at most ${MAX_UPLOADS} uploads`),
  ),
})

/** Of `/uploads/state` and `/uploads/abort`. */
export const sessionRequest = v.strictObject({ session: text }) satisfies v.GenericSchema<
  unknown,
  SessionRequest
>

/** A word of OSS: it is logged. What is none is left out: an upload must be confirmed whatever a proxy has written. */
const word = v.exactOptional(
  v.pipe(
    text,
    v.transform((given) => (/^[\w-]{1,64}$/.test(given) ? given : undefined)),
  ),
)

/** Of `/uploads/confirm`. */
export const confirmRequest = v.strictObject({
  session: text,
  reason: v.exactOptional(v.strictObject({ code: word, ec: word, requestId: word })),
}) satisfies v.GenericSchema<unknown, ConfirmRequest>

const partNumber = v.pipe(bytes, v.minValue(1, 'must be at least 1'))

/** Of `/uploads/parts`. */
export const partsRequest = v.strictObject({
  session: text,
  partNumbers: v.pipe(
    v.array(partNumber, 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(100, 'must name at most 100 parts'),
    v.check((list) => new Set(list).size === list.length, 'must name each part once'),
  ),
}) satisfies v.GenericSchema<unknown, PartsRequest>
