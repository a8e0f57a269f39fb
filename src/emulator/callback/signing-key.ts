/**
 * The key that signs callbacks. The private key of OSS is not public, so code under test must trust this key.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { toBase64, toUtf8 } from '../../protocol/bytes.ts'
import {
  createRsaKeyPair,
  derivePublicKey,
  parsePrivateKey,
  type RsaPrivateKey,
  signRsaMd5,
} from '../../protocol/crypto-rsa-private.ts'
import { decodePercent } from '../http/target.ts'

/** Where the emulator serves its key, on hosts where the bucket is in the path: `-` is not a valid bucket name. */
export const PUBLIC_KEY_PATH = '/-/callback_pub_key.pem'
const DEFAULT_URL = `http://localhost${PUBLIC_KEY_PATH}`
const KEY_BITS = 1024

export interface CallbackKey {
  readonly publicKey: string
  readonly publicKeyUrl: string
  /** Base64 RSA-MD5 over decoded path, raw query, `\n` and body. */
  sign(path: string, query: string, body: Uint8Array): string
}

/** Without a given key, a pair is created when it is first needed. */
export function createCallbackKey(
  given: { privateKey: string; publicKeyUrl: string } | undefined,
): CallbackKey {
  let made: { publicKey: string; key: RsaPrivateKey } | undefined

  function use() {
    if (made) return made
    const privateKey = given?.privateKey
    const pair = privateKey
      ? { privateKey, publicKey: derivePublicKey(privateKey) }
      : createRsaKeyPair(KEY_BITS)
    made = { publicKey: pair.publicKey, key: parsePrivateKey(pair.privateKey) }
    return made
  }

  return {
    get publicKey() {
      return use().publicKey
    },
    publicKeyUrl: given?.publicKeyUrl ?? DEFAULT_URL,
    sign(path, query, body) {
      const head = toUtf8(`${decodePercent(path) ?? path}${query}\n`)
      const signed = new Uint8Array(head.length + body.length)
      signed.set(head)
      signed.set(body, head.length)
      return toBase64(signRsaMd5(use().key, signed))
    },
  }
}
