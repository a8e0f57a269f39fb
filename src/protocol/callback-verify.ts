/**
 * Verifies that an upload callback was sent by OSS. Also for servers that receive callbacks without the service.
 *
 * A valid signature means that *some* OSS customer's upload made OSS send exactly this path, query and body at some time:
 * the key is the same for all customers, and neither the time nor the headers are signed. The contents of the body need
 * proof of their own.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromBase64, toBase64, toUtf8 } from './bytes.ts'
import { memoize } from './cache.ts'
import { parsePublicKey, type RsaPublicKey, verifyRsaMd5 } from './crypto.ts'

/** The key of all OSS callbacks, 512-bit RSA. Pinned here, so that no header decides what is fetched. */
const PINNED_KEY = `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKs/JBGzwUB2aVht4crBx3oIPBLNsjGs
C0fTXv+nvlmklvkcolvpvXLTjaxUHR3W9LXxQ2EHXAJfCB+6H2YF1k8CAwEAAQ==
-----END PUBLIC KEY-----
`

/** Key URL → PEM. Only exactly these URLs are accepted; they are never fetched. */
export const OSS_CALLBACK_PUBLIC_KEYS: Readonly<Record<string, string>> = Object.freeze({
  'https://gosspublic.alicdn.com/callback_pub_key_v1.pem': PINNED_KEY,
  'http://gosspublic.alicdn.com/callback_pub_key_v1.pem': PINNED_KEY,
})

/** A body as a server may have it; text is taken as UTF-8. */
export type CallbackBody = string | ArrayBuffer | ArrayBufferView

export interface CallbackMessage {
  /** Path and query of the request, as received. */
  target: string
  /** Body as received, not parsed and serialised again. */
  body: CallbackBody
  /** Header `authorization`: Base64 without a scheme such as `OSS`. Missing: not from OSS. */
  authorization: string | null | undefined
  /** Header `x-oss-pub-key-url`: Base64 of the URL (the URL itself is accepted too). Missing: not from OSS. */
  publicKeyUrl: string | null | undefined
  /** Header `x-oss-signature-version`; only 1.0 has a public description. @default '1.0' */
  signatureVersion?: string | null | undefined
}

/** @throws {TypeError} for what is neither text nor bytes, such as a body that was parsed already */
export function toCallbackBytes(body: unknown): Uint8Array {
  if (typeof body === 'string') return toUtf8(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  throw new TypeError(
    'The body of a callback must be its raw bytes or text as received: a string, ArrayBuffer or Uint8Array (the buffers of Node are some), not a parsed form or JSON.',
  )
}

function checkHeader(name: string, value: unknown): void {
  if (value === undefined || value === null || typeof value === 'string') return
  throw new TypeError(`${name} of a callback must be the text of one header, null or undefined.`)
}

/** @throws {TypeError} for values that no request can have: mistakes of the caller */
function checkMessage(message: unknown): asserts message is CallbackMessage {
  if (typeof message !== 'object' || message === null) {
    throw new TypeError(
      'verifyCallback needs an object with target, body, authorization and publicKeyUrl; fromRequest and fromNode make it of a request.',
    )
  }
  const { target, authorization, publicKeyUrl, signatureVersion } = message as CallbackMessage
  if (typeof target !== 'string' || !target.startsWith('/')) {
    throw new TypeError(
      'target of a callback must be the path and query of the request, such as /callbacks/oss?a=1, not a whole URL.',
    )
  }
  checkHeader('authorization', authorization)
  checkHeader('publicKeyUrl', publicKeyUrl)
  checkHeader('signatureVersion', signatureVersion)
}

const parseKey = memoize(parsePublicKey, { maxEntries: 16 })
const encodeUrl = memoize((url: string) => toBase64(url), { maxEntries: 16 })

/** The key whose URL the header has, as it is or in Base64: only what equals a URL of the table is looked at. */
function findKey(
  header: string,
  table: Readonly<Record<string, string>>,
): RsaPublicKey | undefined {
  for (const [url, pem] of Object.entries(table)) {
    if (header === encodeUrl(url) || header === url) return parseKey(pem)
  }
  return undefined
}

const LINE_FEED = 0x0a
const PERCENT = 0x25
const QUESTION_MARK = 0x3f

/**
 * The path percent-decoded once, to bytes because it need not be UTF-8; the query unchanged.
 *
 * @returns undefined when the path has a malformed percent escape
 */
function decodeTarget(target: string): Uint8Array | undefined {
  const source = toUtf8(target)
  if (!target.includes('%')) return source
  const bytes = new Uint8Array(source.length)
  let length = 0
  let isPath = true
  for (let at = 0; at < source.length; at += 1) {
    let byte = source[at] ?? 0
    if (byte === QUESTION_MARK) isPath = false
    if (isPath && byte === PERCENT) {
      const digits = String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0)
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return undefined
      byte = Number.parseInt(digits, 16)
      at += 2
    }
    bytes[length] = byte
    length += 1
  }
  return bytes.subarray(0, length)
}

/**
 * What OSS signs: the decoded path, the unchanged query with its `?`, a line feed, the body.
 *
 * @returns undefined when the path has a malformed percent escape
 */
export function buildCallbackStringToSign(
  target: string,
  body: Uint8Array,
): Uint8Array | undefined {
  const head = decodeTarget(target)
  if (!head) return undefined
  const text = new Uint8Array(head.length + 1 + body.length)
  text.set(head)
  text[head.length] = LINE_FEED
  text.set(body, head.length + 1)
  return text
}

/**
 * Verifies the RSA-MD5 signature of a callback against the pinned key.
 *
 * @param options.publicKeys keys by their exact URL instead of the pinned one: for tests and the local OSS
 * @returns false for everything that is not signed so; fetches nothing
 * @throws {TypeError} for wrong types only, never because of what a request contains
 */
export function verifyCallback(
  message: CallbackMessage,
  { publicKeys = OSS_CALLBACK_PUBLIC_KEYS }: { publicKeys?: Readonly<Record<string, string>> } = {},
): boolean {
  checkMessage(message)
  const bytes = toCallbackBytes(message.body)
  const { target, authorization, publicKeyUrl, signatureVersion } = message
  if (!authorization || !publicKeyUrl || (signatureVersion || '1.0') !== '1.0') return false
  const key = findKey(publicKeyUrl, publicKeys)
  const text = buildCallbackStringToSign(target, bytes)
  if (!key || !text) return false
  try {
    return verifyRsaMd5(key, text, fromBase64(authorization))
  } catch {
    return false
  }
}
