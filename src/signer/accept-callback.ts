/**
 * Verifies a callback, in this order: the signature of OSS, the seal, every fact against the seal.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromUtf8 } from '../protocol/bytes.ts'
import { type CallbackMessage, verifyCallback } from '../protocol/callback-verify.ts'
import { createHmacKey, type HmacKey } from '../protocol/crypto.ts'
import { normalizeLineEnds } from './admit-upload.ts'
import { UploadRefused } from './errors.ts'
import { verifySeal } from './session.ts'

/** Verified facts about a stored object. */
export interface Receipt {
  /** Id of the upload: the same for every repetition, so it can be used as idempotency key. */
  id: string
  /** The uploader: `sub` of the bearer token. */
  subject: string
  profile: string
  bucket: string
  key: string
  /** The user's file name. Not safe as a part of a path. */
  name: string
  /** bytes */
  size: number
  type: string
  /** Without quotes. */
  etag: string
  /** Decimal. */
  crc64: string
  vars: Record<string, string>
  /** Only where OSS could read the file as an image. */
  image?: { width: number; height: number; format: string }
  clientIp?: string
  /** OSS's id of the upload request (`callback`) or of the service's HEAD request (`confirm`). */
  requestId: string
  /** `PutObject`, `PostObject`, `CompleteMultipartUpload` by OSS; `HeadObject` after `confirm`. */
  operation: string
  via: 'callback' | 'confirm' | 'sweep'
  at: Date
}

export interface CallbackCheck {
  bucket: string
  /** `UPCALL_SECRET` of the service that issued the upload. */
  secret: HmacKey | string
  now: Date
  /** @default the pinned key of OSS */
  publicKeys?: Readonly<Record<string, string>> | undefined
}

/** @throws {UploadRefused} `CALLBACK_MISMATCH` when a field occurs twice */
function readForm(body: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(fromUtf8(body))) {
    if (fields.has(name)) {
      throw new UploadRefused('CALLBACK_MISMATCH', 'The callback names a field twice.')
    }
    fields.set(name, value)
  }
  return fields
}

function readVars(fields: ReadonlyMap<string, string>): Record<string, string> {
  const vars: Record<string, string> = {}
  for (const [name, value] of fields) {
    if (name.startsWith('x:')) vars[name.slice(2)] = normalizeLineEnds(value)
  }
  return vars
}

function readImage(fields: ReadonlyMap<string, string>): Receipt['image'] {
  const width = Number(fields.get('width'))
  const height = Number(fields.get('height'))
  const isImage = Number.isSafeInteger(width) && Number.isSafeInteger(height)
  if (!isImage || width < 1 || height < 1) return undefined
  return { width, height, format: fields.get('format') ?? '' }
}

/** @throws {UploadRefused} `CALLBACK_SIGNATURE` */
function checkSignature(message: CallbackMessage, publicKeys: CallbackCheck['publicKeys']): void {
  if (!message.authorization || !message.publicKeyUrl) {
    throw new UploadRefused('CALLBACK_SIGNATURE', 'The callback is not signed.')
  }
  if (!verifyCallback(message, publicKeys ? { publicKeys } : {})) {
    throw new UploadRefused(
      'CALLBACK_SIGNATURE',
      'The callback is not signed by OSS as it arrived here: a foreign sender or key, or a proxy that changes path, query or body.',
    )
  }
}

/**
 * Verifies a callback with the service's own form-encoded body. Sends no request: anyone with a bucket of their own can
 * make OSS sign such a message, so check the object by HEAD before acting on it.
 *
 * @throws {UploadRefused} `CALLBACK_SIGNATURE`, `SEAL_INVALID`, `SEAL_EXPIRED`, `CALLBACK_MISMATCH`
 * @throws {ProtocolError} `TEXT` when the body is not UTF-8
 */
export function acceptCallback(message: CallbackMessage, check: CallbackCheck): Receipt {
  checkSignature(message, check.publicKeys)
  const fields = readForm(message.body)
  const secret = typeof check.secret === 'string' ? createHmacKey(check.secret) : check.secret
  const seal = verifySeal(fields.get('seal') ?? '', secret, check.now)

  const text = (name: string): string => fields.get(name) ?? ''
  const facts = {
    bucket: text('bucket'),
    key: text('object'),
    type: text('type'),
    name: normalizeLineEnds(text('name')),
    vars: readVars(fields),
    contentMd5: text('contentMd5'),
    crc64: text('crc64'),
  }
  const isWellFormed = /^[\x21-\x7e]{1,128}$/.test(text('etag')) && /^\d{1,20}$/.test(facts.crc64)
  const agrees =
    facts.bucket === check.bucket && text('size') === String(seal.size) && seal.agrees(facts)
  if (!isWellFormed || !agrees) {
    throw new UploadRefused(
      'CALLBACK_MISMATCH',
      'The callback names another object, size, type, name or checksum than its seal.',
    )
  }
  const image = readImage(fields)
  return {
    id: seal.id,
    subject: seal.subject,
    profile: seal.profile,
    bucket: facts.bucket,
    key: facts.key,
    name: facts.name,
    size: seal.size,
    type: facts.type,
    etag: text('etag'),
    crc64: facts.crc64,
    vars: facts.vars,
    ...(image && { image }),
    ...(fields.get('clientIp') && { clientIp: text('clientIp') }),
    requestId: text('reqId'),
    operation: text('operation'),
    via: 'callback',
    at: check.now,
  }
}
