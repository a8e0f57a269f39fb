/**
 * Is this upload callback from OSS? Complete on its own, for servers that receive callbacks without the service.
 *
 * A yes means that *some* OSS customer's upload made OSS send exactly this path, query and body, at some time: the key is
 * the same for everybody, and neither time nor headers are signed. What the body says still needs proof of its own.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromBase64, fromUtf8, toUtf8 } from './bytes.ts'
import { parsePublicKey, type RsaPublicKey, verifyRsaMd5 } from './crypto.ts'
import { remember } from './remember.ts'

/** The one key of all OSS callbacks: 512-bit RSA, pinned here so that nothing is fetched because a header says so. */
const PINNED_KEY = `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKs/JBGzwUB2aVht4crBx3oIPBLNsjGs
C0fTXv+nvlmklvkcolvpvXLTjaxUHR3W9LXxQ2EHXAJfCB+6H2YF1k8CAwEAAQ==
-----END PUBLIC KEY-----
`

/** Key URL → PEM. Only these very URLs are believed; their documents are never fetched. */
export const OSS_CALLBACK_PUBLIC_KEYS: Readonly<Record<string, string>> = Object.freeze({
  'https://gosspublic.alicdn.com/callback_pub_key_v1.pem': PINNED_KEY,
  'http://gosspublic.alicdn.com/callback_pub_key_v1.pem': PINNED_KEY,
})

export interface CallbackMessage {
  /** Path and query of the request, as received. */
  target: string
  /** Body, as received: never parsed and written again. */
  body: Uint8Array
  /** Header `authorization`: Base64, no scheme word. */
  authorization: string
  /** Header `x-oss-pub-key-url`: Base64 of the URL (the URL itself is understood too). */
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

type KeyTable = Readonly<Record<string, string>>

function createKeyFinder(table: KeyTable): (header: string) => RsaPublicKey | undefined {
  // Of the headers only those that name a key are remembered.
  return remember(16, (header) => {
    const url = readKeyUrl(header)
    const pem = url !== undefined && Object.hasOwn(table, url) ? table[url] : undefined
    return pem === undefined ? undefined : parsePublicKey(pem)
  })
}

// Keys are parsed once, and kept with the table they came from.
const keyFinders = new WeakMap<KeyTable, ReturnType<typeof createKeyFinder>>()

function findKey(header: string, table: KeyTable): RsaPublicKey | undefined {
  const known = keyFinders.get(table)
  if (known) return known(header)
  const find = createKeyFinder(table)
  keyFinders.set(table, find)
  return find(header)
}

const LINE_FEED = 0x0a
const PERCENT = 0x25
const QUESTION_MARK = 0x3f

/**
 * The path with one percent-decoding, to bytes, because it need not be UTF-8; the query as it stands. Nothing for a
 * broken escape.
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
 * What OSS signs: the decoded path, the query as it stands with its `?`, a line feed, the body.
 *
 * @returns nothing when the path has a broken percent escape
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
 * @param options.publicKeys other keys by their exact URL, instead of the pinned one: for tests and the local OSS.
 *   Keep the object: parsed keys are remembered with it
 * @returns false for anything that is not exactly right; nothing is fetched, nothing thrown
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
