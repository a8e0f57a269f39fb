import { expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { parsePublicKey, verifyRsaMd5 } from '../../src/protocol/crypto.ts'
import {
  createRsaKeyPair,
  derivePublicKey,
  parsePrivateKey,
  signRsaMd5,
} from '../../src/protocol/crypto-rsa-private.ts'

it('a new pair fits together: the derived public key verifies what the private key signs', () => {
  const { publicKey, privateKey } = createRsaKeyPair(512)
  expect(derivePublicKey(privateKey)).toBe(publicKey)
  const signature = signRsaMd5(parsePrivateKey(privateKey), toUtf8('text'))
  expect(verifyRsaMd5(parsePublicKey(publicKey), toUtf8('text'), signature)).toBe(true)
})

it('a text that is no private key is refused', () => {
  const { publicKey } = createRsaKeyPair(512)
  for (const pem of ['', publicKey]) expect(() => parsePrivateKey(pem)).toThrow()
})
