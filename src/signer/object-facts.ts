/**
 * What a receipt needs beyond a HEAD – subject, profile, file name, variables, declared checksums – as encrypted
 * metadata of the object, so that an object whose callback was lost can still become a receipt. Encrypted, because
 * whoever may read the object may read its metadata.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/manage-object-metadata-10
 */
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from '../protocol/bytes.ts'
import { type HmacKey, hmacSha256, sha256 } from '../protocol/crypto.ts'
import {
  AEAD_NONCE_BYTES,
  type AeadKey,
  createAeadKey,
  decryptAead,
  encryptAead,
} from '../protocol/crypto-aead.ts'
import { MAX_METADATA_BYTES } from '../protocol/limits.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { UploadRefused } from './errors.ts'
import type { Secrets } from './token.ts'

export const FACTS_HEADER = 'x-oss-meta-upcall-facts'

/** Characters; the rest of the metadata is for names and the upload's id. */
const MAX_FACTS_CHARS = MAX_METADATA_BYTES - 256

/** First character of the text: the version of this format. */
const VERSION = '1'

export type ObjectFacts = Pick<
  AdmittedUpload,
  'subject' | 'profile' | 'name' | 'vars' | 'contentMd5' | 'crc64'
>

/** The object and the service that the facts belong to: they are not accepted for another one. */
export type FactsOwner = Pick<AdmittedUpload, 'id' | 'issuer' | 'deployment' | 'bucket' | 'key'>

const derivedKeys = new WeakMap<HmacKey, AeadKey>()

/** A key for this purpose alone, made from the service's secret. */
function deriveKey(secret: HmacKey): AeadKey {
  const known = derivedKeys.get(secret)
  if (known) return known
  const key = createAeadKey(hmacSha256(secret, 'upcall object facts, version 1'))
  derivedKeys.set(secret, key)
  return key
}

/**
 * All of the owner, because a repeated request may give the same id again, e.g. on another day under another key. An
 * owner has one text, so that no nonce is used for two.
 *
 * @param owner its additional data
 */
function buildNonce(owner: Uint8Array): Uint8Array {
  return sha256(owner).subarray(0, AEAD_NONCE_BYTES)
}

function buildAdditionalData({ id, issuer, deployment, bucket, key }: FactsOwner): Uint8Array {
  return toUtf8(JSON.stringify([id, issuer, deployment, bucket, key]))
}

/**
 * @returns the value of `FACTS_HEADER`
 * @throws {UploadRefused} `METADATA_TOO_LONG` when OSS would refuse metadata of this length
 */
export function encryptObjectFacts(upload: ObjectFacts & FactsOwner, [secret]: Secrets): string {
  const { subject, profile, name, vars, contentMd5 = 0, crc64 = 0 } = upload
  const text = JSON.stringify([subject, profile, name, vars, contentMd5, crc64])
  const owner = buildAdditionalData(upload)
  const bytes = encryptAead(deriveKey(secret), buildNonce(owner), text, owner)
  const value = VERSION + toBase64Url(bytes)
  if (value.length <= MAX_FACTS_CHARS) return value
  throw new UploadRefused(
    'METADATA_TOO_LONG',
    'File name, variables and subject together are longer than the 8 KB of metadata that OSS stores with an object; shorten the name or the variables.',
  )
}

function isTextTable(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

function parseFacts(bytes: Uint8Array): ObjectFacts | undefined {
  const list: unknown = JSON.parse(fromUtf8(bytes))
  if (!Array.isArray(list)) return undefined
  const [subject, profile, name, vars, contentMd5, crc64] = list as unknown[]
  const areTexts = [subject, profile, name].every((text) => typeof text === 'string')
  if (!areTexts || !isTextTable(vars)) return undefined
  return {
    subject: String(subject),
    profile: String(profile),
    name: String(name),
    vars,
    ...(typeof contentMd5 === 'string' && { contentMd5 }),
    ...(typeof crc64 === 'string' && { crc64 }),
  }
}

/**
 * @param value of `FACTS_HEADER`, as a HEAD told it
 * @param secrets all that are valid; the first that fits decides
 * @returns `undefined` for text that this service did not make for this object
 */
export function decryptObjectFacts(
  value: string,
  owner: FactsOwner,
  secrets: readonly HmacKey[],
): ObjectFacts | undefined {
  if (!value.startsWith(VERSION) || value.length > MAX_FACTS_CHARS) return undefined
  let bytes: Uint8Array
  try {
    bytes = fromBase64Url(value.slice(VERSION.length))
  } catch {
    return undefined
  }
  const additionalData = buildAdditionalData(owner)
  for (const secret of secrets) {
    const text = decryptAead(deriveKey(secret), buildNonce(additionalData), bytes, additionalData)
    if (text) return parseFacts(text)
  }
  return undefined
}
