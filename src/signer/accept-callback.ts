/**
 * Verifies a callback, in this order: the signature of OSS, the seal, every fact against the seal. Over 200 lines: the
 * types say what is verified, the code beside them does it.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { type CallbackMessage, verifyCallback } from '../protocol/callback-verify.ts'
import type { HmacKey } from '../protocol/crypto.ts'
import { normalizeLineEnds } from './admit-upload.ts'
import { readCallbackFields } from './callback-fields.ts'
import { UploadRefused } from './errors.ts'
import { verifySeal } from './seal.ts'
import { DEFAULT_DEPLOYMENT } from './ticket-context.ts'
import { createSecrets } from './token.ts'
import { parseTraceparent } from './traceparent.ts'

/** Verified facts about a stored object: by the seal and by a HEAD of the object. What is not, is in `unverified`. */
export interface Receipt {
  /** Id of the upload: the same for every repetition, so it can be used as idempotency key. */
  id: string
  /** The uploader: `sub` of the bearer token. */
  subject: string
  /** `iss` of the bearer token. */
  issuer: string
  profile: string
  bucket: string
  key: string
  /** The user's file name. Not safe as a part of a path. */
  name: string
  /** bytes */
  size: number
  type: string
  /** Without quotes. Unverified in profiles with `trustCallbackSignature`. */
  etag: string
  /** Decimal. Unverified in profiles with `trustCallbackSignature`, unless the page declared it. */
  crc64: string
  /** In buckets with versioning: the version that these facts are about. A later upload does not change it. */
  versionId?: string
  vars: Record<string, string>
  unverified: UnverifiedFacts
  via: 'callback' | 'confirm' | 'sweep'
  at: Date
}

/**
 * What only the callback says. OSS signed it, but OSS signs the callbacks of all its customers with the same key, and
 * they choose what theirs say. After `confirm` it holds at most the trace.
 */
export interface UnverifiedFacts {
  /** Only when OSS could read the file as an image. */
  image?: { width: number; height: number; format: string }
  /** Address of the uploader, as OSS saw it. */
  clientIp?: string
  /** OSS's id of the upload request. */
  requestId?: string
  /** `PutObject`, `PostObject` or `CompleteMultipartUpload`. */
  operation?: string
  /** The trace that the page began, as W3C Trace Context has it. In a receipt by `confirm`, too. */
  traceparent?: string
}

/** What a callback and its seal prove, before a HEAD has shown that the object is stored. */
export interface AcceptedCallback
  extends Omit<Receipt, 'etag' | 'crc64' | 'versionId' | 'unverified' | 'via'> {
  unverified: UnverifiedFacts & Pick<Receipt, 'etag' | 'crc64'>
}

export interface CallbackCheck {
  bucket: string
  /** `iss` of the bearer tokens, as in the settings of the service. */
  issuer: string
  /** As in the settings of the service. @default 'default' */
  deployment?: string | undefined
  /** `UPCALL_SECRET` of the service that issued the upload; all of several are accepted. */
  secret: string | readonly (string | HmacKey)[]
  now: Date
  /** @default the pinned key of OSS */
  publicKeys?: Readonly<Record<string, string>> | undefined
}

function readVars(fields: ReadonlyMap<string, string>): Record<string, string> {
  // `fromEntries` makes even `__proto__` a property.
  return Object.fromEntries(
    [...fields]
      .filter(([name]) => name.startsWith('x:'))
      .map(([name, value]) => [name.slice(2), normalizeLineEnds(value)]),
  )
}

function readImage(fields: ReadonlyMap<string, string>): UnverifiedFacts['image'] {
  const width = Number(fields.get('width'))
  const height = Number(fields.get('height'))
  const isImage = Number.isSafeInteger(width) && Number.isSafeInteger(height)
  if (!isImage || width < 1 || height < 1) return undefined
  return { width, height, format: fields.get('format') ?? '' }
}

function readUnverified(fields: ReadonlyMap<string, string>): UnverifiedFacts {
  const image = readImage(fields)
  const clientIp = fields.get('clientIp')
  const requestId = fields.get('reqId')
  const operation = fields.get('operation')
  const traceparent = parseTraceparent(fields.get('traceparent'))
  return {
    ...(image && { image }),
    ...(clientIp && { clientIp }),
    ...(requestId && { requestId }),
    ...(operation && { operation }),
    ...(traceparent && { traceparent }),
  }
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
 * Verifies a callback with the body that the service gives it by default, form-encoded or JSON. Sends no request: anyone with a bucket of their own can
 * make OSS sign such a message, so check the object by HEAD before acting on it.
 *
 * @throws {UploadRefused} `CALLBACK_SIGNATURE`, `SEAL_INVALID`, `SEAL_EXPIRED`, `CALLBACK_MISMATCH`
 * @throws {ProtocolError} `TEXT` when the body is not UTF-8
 */
export function acceptCallback(message: CallbackMessage, check: CallbackCheck): AcceptedCallback {
  checkSignature(message, check.publicKeys)
  const fields = readCallbackFields(message.body)
  const { issuer, deployment = DEFAULT_DEPLOYMENT } = check
  const seal = verifySeal(fields.get('seal') ?? '', createSecrets(check.secret), check.now)

  const text = (name: string): string => fields.get(name) ?? ''
  const facts = {
    issuer,
    deployment,
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
  return {
    id: seal.id,
    subject: seal.subject,
    issuer,
    profile: seal.profile,
    bucket: facts.bucket,
    key: facts.key,
    name: facts.name,
    size: seal.size,
    type: facts.type,
    vars: facts.vars,
    unverified: { etag: text('etag'), crc64: facts.crc64, ...readUnverified(fields) },
    at: check.now,
  }
}

/** @param object what HEAD says of the object; `unverified` of the callback where the profile trusts the signature */
export function completeReceipt(
  { unverified: { etag: _etag, crc64: _crc64, ...unverified }, ...proved }: AcceptedCallback,
  object: Pick<Receipt, 'etag' | 'crc64' | 'versionId'>,
): Receipt {
  const { etag, crc64, versionId } = object
  return {
    ...proved,
    etag,
    crc64,
    ...(versionId && { versionId }),
    unverified,
    via: 'callback',
  }
}
