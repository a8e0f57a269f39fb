import { describe, expect, it } from 'vitest'
import { createCallbackKey } from '../../../src/emulator/callback/signing-key.ts'
import { fromBase64, toUtf8 } from '../../../src/protocol/bytes.ts'
import { parsePublicKey, verifyRsaMd5 } from '../../../src/protocol/crypto.ts'
import { createRsaKeyPair } from '../../../src/protocol/crypto-rsa-private.ts'
import vectors from '../../vectors/callback-verify.json' with { type: 'json' }

const pair = createRsaKeyPair(1024)
const url = 'https://keys.example/key.pem'

describe('the key of the local OSS', () => {
  it('signs decoded path, raw query, line end and body: exactly the text of each vector', () => {
    const key = createCallbackKey({ privateKey: pair.privateKey, publicKeyUrl: url })
    for (const { input, expect: wanted } of vectors) {
      const [path = '', ...rest] = input.url.split('?')
      const query = rest.length === 0 ? '' : `?${rest.join('?')}`
      const signature = key.sign(path, query, fromBase64(input.bodyBase64))
      const publicKey = parsePublicKey(key.publicKey)
      const text = fromBase64(wanted.stringToSignBase64)
      expect(verifyRsaMd5(publicKey, text, fromBase64(signature)), input.url).toBe(true)
    }
  })

  it('is the given one, at the given URL, with the public half derived', () => {
    const key = createCallbackKey({ privateKey: pair.privateKey, publicKeyUrl: url })
    expect(key.publicKey).toBe(pair.publicKey)
    expect(key.publicKeyUrl).toBe(url)
  })

  it('is fresh for each local OSS, and the same for all of its life', () => {
    const [one, two] = [createCallbackKey(undefined), createCallbackKey(undefined)]
    expect(one.publicKey).not.toBe(two.publicKey)
    expect(one.publicKey).toBe(one.publicKey)
    const signature = fromBase64(one.sign('/', '', toUtf8('a')))
    expect(verifyRsaMd5(parsePublicKey(one.publicKey), toUtf8('/\na'), signature)).toBe(true)
    expect(verifyRsaMd5(parsePublicKey(two.publicKey), toUtf8('/\na'), signature)).toBe(false)
  })
})
