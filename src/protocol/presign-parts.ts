/**
 * Presigns many parts of one upload. What they share is built once, so that each costs little more than hash and HMAC.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart
 */
import { type Address, buildPlace } from './address.ts'
import { buildSignedQuery, UNSIGNED_PAYLOAD } from './canonical.ts'
import { sha256Hex } from './crypto.ts'
import { ProtocolError } from './errors.ts'
import { MAX_PART_BYTES, MAX_PARTS } from './limits.ts'
import { buildSignatureParameters, checkExpires, type PresignOptions } from './presign.ts'
import { ALGORITHM, prepareSigner, signText } from './signing-key.ts'
import { formatTime } from './time.ts'

export interface PartsRequest extends Address {
  key: string
  uploadId: string
  /** `length` in bytes is signed: OSS refuses a part of another size. */
  parts: readonly { partNumber: number; length: number }[]
}

/**
 * Presigns the UploadPart of each part, with its exact `content-length` and no other header.
 *
 * @returns the URLs in the order of `parts`; `presign` of each part gives the same
 * @throws {ProtocolError} `PART_PLAN` for a part that OSS refuses, and what `presign` throws
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
  const shared = buildSignedQuery(
    { uploadId: request.uploadId },
    buildSignatureParameters(signer, time, options, additional),
  )
  // The same for all parts, around number and length. `join` makes a flat text in memory; one made by a template would
  // be flattened again for each part.
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
