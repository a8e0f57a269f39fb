/**
 * Receives the bytes of an upload: counts, hashes and stores them. They cannot be read before they are complete.
 */
import { fromBase64, toBase64, toHex } from '../../protocol/bytes.ts'
import { createCrc64 } from '../../protocol/crc64.ts'
import { createMd5, md5 } from '../../protocol/crypto.ts'
import { bodyIncomplete, OssError } from '../http/errors.ts'
import { MAX_BODY_BYTES } from '../http/limits.ts'
import { type EmulatorRequest, readBody } from '../http/message.ts'
import { limitTraffic } from '../http/traffic-limit.ts'
import { malformedXml } from '../http/xml.ts'
import type { StoredBytes } from '../storage/model.ts'
import type { Storage } from '../storage/storage.ts'

export interface ReceiveLimits {
  maxBytes?: number
  /** Value of Content-Length. */
  declaredBytes?: number | undefined
  /** Base64, from the Content-MD5 header. */
  contentMd5?: string | undefined
  /** Slows the upload down to this speed. */
  bitsPerSecond?: number | undefined
}

function tooLarge(size: number, max: number): OssError {
  return new OssError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.', {
    ...(max !== MAX_BODY_BYTES && { ec: '0006-00000003' }),
    extras: { MaxSizeAllowed: String(max), ProposedSize: String(size) },
  })
}

/** @throws {OssError} `InvalidDigest` when the header is not the Base64 of 16 bytes */
export function checkContentMd5Shape(contentMd5: string | undefined): void {
  if (contentMd5 === undefined) return
  try {
    if (fromBase64(contentMd5).byteLength === 16) return
  } catch {
    // not Base64: the same error
  }
  throw new OssError('InvalidDigest', 'The Content-MD5 you specified was invalid.')
}

/** The body as text. @throws {OssError} `MalformedXML` when it is longer, `InvalidDigest` */
export async function readXmlBody(
  { body, headers }: EmulatorRequest,
  maxBytes: number,
): Promise<string> {
  const contentMd5 = headers['content-md5']
  checkContentMd5Shape(contentMd5)
  const bytes = await readBody(body, maxBytes)
  if (!bytes) throw malformedXml()
  if (contentMd5 !== undefined && toBase64(md5(bytes)) !== contentMd5) {
    throw new OssError('InvalidDigest', 'The Content-MD5 you specified was invalid.')
  }
  return new TextDecoder().decode(bytes)
}

/**
 * Stores a body as a blob. On any failure nothing of it stays in the storage.
 *
 * @throws {OssError} `EntityTooLarge`, `InvalidDigest`, `RequestTimeout` when the body ends early
 */
export async function receiveBytes(
  body: AsyncIterable<Uint8Array> | null,
  storage: Storage,
  { maxBytes = MAX_BODY_BYTES, declaredBytes, contentMd5, bitsPerSecond }: ReceiveLimits = {},
): Promise<StoredBytes> {
  checkContentMd5Shape(contentMd5)
  if (declaredBytes !== undefined && declaredBytes > maxBytes) {
    throw tooLarge(declaredBytes, maxBytes)
  }
  const md5 = createMd5()
  const crc = createCrc64()
  const writer = storage.createBlob()
  let size = 0
  try {
    for await (const chunk of bitsPerSecond && body
      ? limitTraffic(body, bitsPerSecond)
      : (body ?? [])) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge(size, maxBytes)
      const written = writer.write(chunk)
      md5.update(chunk)
      crc.update(chunk)
      if (written) await written
    }
    if (declaredBytes !== undefined && size !== declaredBytes) {
      throw bodyIncomplete()
    }
    const digest = md5.digest()
    const computedMd5 = toBase64(digest)
    if (contentMd5 !== undefined && contentMd5 !== computedMd5) {
      throw new OssError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
        extras: { ExpectedDigest: contentMd5, CalculatedDigest: computedMd5 },
      })
    }
    return {
      blob: await writer.finish(),
      size,
      etag: toHex(digest).toUpperCase(),
      contentMd5: computedMd5,
      crc64: crc.value().toString(),
    }
  } catch (error) {
    await writer.discard()
    throw error
  }
}
