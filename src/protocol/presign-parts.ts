/**
 * Many parts of one upload, presigned at once: what they share is built once, and each part costs its hash and HMAC.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart
 */
import { type Address, buildPlace } from './address.ts'
import { buildCanonicalQuery, joinCanonicalRequest } from './canonical.ts'
import { ProtocolError } from './errors.ts'
import { MAX_PART_BYTES, MAX_PARTS } from './part-plan.ts'
import { buildSignatureParameters, checkExpires, type PresignOptions } from './presign.ts'
import { buildStringToSign, formatTime, prepareSigner, signText } from './signing-key.ts'

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
  return request.parts.map(({ partNumber, length }) => {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
      throw new ProtocolError('PART_PLAN', `A part number is 1 to ${MAX_PARTS}.`)
    }
    if (!Number.isSafeInteger(length) || length < 0 || length > MAX_PART_BYTES) {
      throw new ProtocolError('PART_PLAN', 'A part has at most 5 GiB.')
    }
    // `partNumber` sorts before `uploadId` and every `x-oss-` name.
    const query = `partNumber=${partNumber}&${shared}`
    const text = `content-length:${length}\n`
    const canonical = joinCanonicalRequest('PUT', place.canonicalUri, query, { text, additional })
    const signature = signText(signer.key, buildStringToSign(time, signer.scope, canonical))
    return `${place.url}?${query}&x-oss-signature=${signature}`
  })
}
