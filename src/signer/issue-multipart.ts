/**
 * A multipart upload: headers of Initiate, part URLs in windows of 100, and the Complete with its callback.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/completemultipartupload
 */
import type { Address } from '../protocol/address.ts'
import { lengthOfPart, PARTS_PER_WINDOW } from '../protocol/part-plan.ts'
import { presign } from '../protocol/presign.ts'
import { presignParts } from '../protocol/presign-parts.ts'
import { formatExpiration } from '../protocol/time.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { buildCallbackQuery } from './callback-text.ts'
import { UploadRefused } from './errors.ts'
import { buildObjectHeaders, buildOverwriteHeaders } from './object-headers.ts'
import type { ReadyProfile } from './profile.ts'
import { signSession } from './session.ts'
import type { MultipartTicket, PartUrl, PartWindow } from './ticket.ts'
import type { Signing, TicketContext } from './ticket-context.ts'
import type { Secrets } from './token.ts'

/** A multipart upload after InitiateMultipartUpload. */
export interface OpenUpload extends AdmittedUpload {
  uploadId: string
  partSize: number
}

/** Headers of InitiateMultipartUpload. They become those of the object, so the page cannot change them. */
export function buildInitiateHeaders(
  profile: ReadyProfile,
  upload: AdmittedUpload,
  secrets: Secrets,
): Record<string, string> {
  return { 'Content-Type': upload.type, ...buildObjectHeaders(profile, upload, secrets) }
}

/** @throws {UploadRefused} `SESSION_KIND` when the session is of a form or a PUT */
export function requireOpenUpload(upload: AdmittedUpload): OpenUpload {
  const { uploadId, partSize } = upload
  if (uploadId === undefined || partSize === undefined) {
    throw new UploadRefused('SESSION_KIND', 'The session is not of an upload in parts.')
  }
  return { ...upload, uploadId, partSize }
}

function issueParts(
  { size, partSize, uploadId, key }: OpenUpload,
  partNumbers: readonly number[],
  place: Address,
  signing: Signing,
): PartUrl[] {
  const parts = partNumbers.map((partNumber) => ({
    partNumber,
    length: lengthOfPart(size, partSize, partNumber),
  }))
  const urls = presignParts({ ...place, key, uploadId, parts }, signing)
  return parts.map(({ partNumber }, at) => ({ partNumber, url: urls[at] ?? '' }))
}

/**
 * URLs of some parts, and the Complete.
 *
 * @throws {UploadRefused} `PART_NUMBER` for a part that the upload does not have
 */
export function issueWindow(
  upload: OpenUpload,
  partNumbers: readonly number[],
  profile: ReadyProfile,
  context: TicketContext,
  signing: Signing,
): PartWindow {
  const partCount = Math.ceil(upload.size / upload.partSize)
  if (partNumbers.length > PARTS_PER_WINDOW || partNumbers.some((number) => number > partCount)) {
    throw new UploadRefused(
      'PART_NUMBER',
      `The upload has the parts 1 to ${partCount}, of which ${PARTS_PER_WINDOW} can be asked for at once.`,
    )
  }
  const { callbackUrl, secrets, ...place } = context
  const headers = { 'x-oss-complete-all': 'yes', ...buildOverwriteHeaders(profile) }
  const complete = presign(
    {
      ...place,
      method: 'POST',
      key: upload.key,
      query: {
        uploadId: upload.uploadId,
        ...buildCallbackQuery(profile, callbackUrl, upload, secrets),
      },
      headers,
    },
    signing,
  )
  return {
    parts: issueParts(upload, partNumbers, place, signing),
    complete: { url: complete.url, headers },
    expiresAt: formatExpiration(signing.now, signing.expiresInSeconds),
  }
}

/** The ticket with the first window. @throws {ProtocolError} `CALLBACK_TOO_LONG` */
export function issueMultipart(
  upload: OpenUpload,
  profile: ReadyProfile,
  context: TicketContext,
  signing: Signing,
): MultipartTicket {
  const partCount = Math.ceil(upload.size / upload.partSize)
  const first = Array.from({ length: Math.min(partCount, PARTS_PER_WINDOW) }, (_, at) => at + 1)
  return {
    kind: 'multipart',
    id: upload.id,
    key: upload.key,
    session: signSession(upload, context.secrets),
    partSize: upload.partSize,
    partCount,
    ...issueWindow(upload, first, profile, context, signing),
  }
}
