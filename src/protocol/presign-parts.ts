/**
 * Many parts of one upload, presigned at once: what they share is built once, and each part costs its hash and HMAC.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart
 */
import { type Address, buildPlace } from './address.ts'
import { buildCanonicalQuery, UNSIGNED_PAYLOAD } from './canonical.ts'
import { sha256Hex } from './crypto.ts'
import { ProtocolError } from './errors.ts'
import { MAX_PART_BYTES, MAX_PARTS } from './part-plan.ts'
import { buildSignatureParameters, checkExpires, type PresignOptions } from './presign.ts'
import { ALGORITHM, prepareSigner, signText } from './signing-key.ts'
import { formatTime } from './time.ts'

export interface PartsRequest extends Address {
  key: string
  uploadId: string
  /** `length` in bytes is signed: a part of another size is refused. */
  parts: readonly { partNumber: number; length: number }[]
}

/**
 * Presigns the UploadPart of each part, with its exact `content-length` and no other header.
 *
 * @returns the URLs, in the order of `parts`; the same as one `presign` each
 * @throws {ProtocolError} `PART_PLAN` for an impossible part, and what `presign` throws
 */
export function presignParts(request: PartsRequest, options: PresignOptions): string[] {
  checkExpires(options.expiresInSeconds, options.credentials)
  const place = buildPlace(request)
  const time = formatTime(options.now)
  const signer = prepareSigner(options.credentials, {
    date: time.slice(0, 8),
    region: request.region,
  })
  const additional = 'content-length'
  const shared = buildCanonicalQuery(
    { uploadId: request.uploadId },
    buildSignatureParameters(signer, time, options, additional),
  )
  // Everything around a part's number and length is the same for all parts. Joined from a list, a text is flat in
  // memory; from a template it would be flattened again with each part.
  const head = ['PUT', place.canonicalUri, 'partNumber='].join('\n')
  const middle = ['&', shared, '\ncontent-length:'].join('')
  const tail = ['', '', additional, UNSIGNED_PAYLOAD].join('\n')
  const above = [ALGORITHM, time, signer.scope, ''].join('\n')
  const urlHead = [place.url, 'partNumber='].join('?')
  const urlMiddle = ['&', shared, '&x-oss-signature='].join('')
  return request.parts.map(({ partNumber, length }) => {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
      throw new ProtocolError('PART_PLAN', `A part number is 1 to ${MAX_PARTS}.`)
    }
    if (!Number.isSafeInteger(length) || length < 0 || length > MAX_PART_BYTES) {
      throw new ProtocolError('PART_PLAN', 'A part has at most 5 GiB.')
    }
    // `partNumber` sorts before `uploadId` and every `x-oss-` name.
    const canonical = `${head}${partNumber}${middle}${length}${tail}`
    const signature = signText(signer.key, above + sha256Hex(canonical))
    return `${urlHead}${partNumber}${urlMiddle}${signature}`
  })
}
