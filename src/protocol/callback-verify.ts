/**
 * Verifies that an upload callback was sent by OSS. Also for servers that receive callbacks without the service.
 *
 * A valid signature means that *some* OSS customer's upload made OSS send exactly this path, query and body at some time:
 * the key is the same for all customers, and neither the time nor the headers are signed. The contents of the body need
 * proof of their own.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromBase64, fromUtf8, toUtf8 } from './bytes.ts'
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

export interface CallbackMessage {
  /** Path and query of the request, as received. */
  target: string
  /** Body as received, not parsed and serialised again. */
  body: Uint8Array
  /** Header `authorization`: Base64 without a scheme such as `OSS`. */
  authorization: string
  /** Header `x-oss-pub-key-url`: Base64 of the URL (the URL itself is accepted too). */
  publicKeyUrl: string
  /** Header `x-oss-signature-version`; only 1.0 has a public description. @default '1.0' */
  signatureVersion?: string
}

function readKeyUrl(header: string): string | undefined {
  if (header.includes(':')) return header
  try {
    return fromUtf8(fromBase64(header))
  } catch {
    return undefined
  }
}

const parseKey = memoize(parsePublicKey, { maxEntries: 16 })

/** Only a URL that is exactly one of the table's names a key. */
function findKey(
  header: string,
  table: Readonly<Record<string, string>>,
): RsaPublicKey | undefined {
  const url = readKeyUrl(header)
  const pem = url !== undefined && Object.hasOwn(table, url) ? table[url] : undefined
  return pem === undefined ? undefined : parseKey(pem)
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
 * @returns false for everything else; fetches nothing
 */
export function verifyCallback(
  message: CallbackMessage,
  { publicKeys = OSS_CALLBACK_PUBLIC_KEYS }: { publicKeys?: Readonly<Record<string, string>> } = {},
): boolean {
  if ((message.signatureVersion ?? '1.0') !== '1.0') return false
  const key = findKey(message.publicKeyUrl, publicKeys)
  const text = buildCallbackStringToSign(message.target, message.body)
  if (!key || !text) return false
  try {
    return verifyRsaMd5(key, text, fromBase64(message.authorization))
  } catch {
    return false
  }
}
