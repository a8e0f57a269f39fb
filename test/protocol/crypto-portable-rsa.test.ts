import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64, toHex, toUtf8 } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'
import {
  createRsaKeyPair,
  parsePrivateKey,
  signRsaMd5,
} from '../../src/protocol/crypto-rsa-private.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { describeRsa, verifyWith } from './crypto-contract.ts'

describeRsa('portable', portable)

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

type Verify = (pem: string, data: Uint8Array, signature: Uint8Array) => boolean
const verifyPortably: Verify = (...values) => verifyWith(portable, ...values)
const verifyOnNode: Verify = (...values) => verifyWith(onNode, ...values)

describe('the portable RSA', () => {
  it.each([512, 768, 1024, 2048, 1025])(
    'verifies by a new key of %i bits, as node:crypto does',
    (bits) => {
      const pair = createRsaKeyPair(bits)
      const text = toUtf8(`text for ${bits} bits`)
      const signature = signRsaMd5(parsePrivateKey(pair.privateKey), text)
      for (const verify of [verifyPortably, verifyOnNode]) {
        expect(verify(pair.publicKey, text, signature)).toBe(true)
        expect(verify(pair.publicKey, toUtf8('other'), signature)).toBe(false)
      }
    },
  )

  it('reads the key of PKCS #1, and PEM with CRLF or with text around it', () => {
    const { modulus } = portable.parsePublicKey(CALLBACK_KEY.publicKey)
    const pem = CALLBACK_KEY.publicKey
    for (const text of [pem.replaceAll('\n', '\r\n'), `the key:\n${pem}\nends here`]) {
      expect(portable.parsePublicKey(text).modulus).toBe(modulus)
    }
    // SubjectPublicKeyInfo ends with the key in the form of PKCS #1: 74 bytes for 512 bits.
    const der = fromBase64(pem.replace(/-----.*-----|\s/g, ''))
    const bare = `-----BEGIN RSA PUBLIC KEY-----\n${toBase64(der.slice(-74))}\n-----END RSA PUBLIC KEY-----\n`
    expect(portable.parsePublicKey(bare)).toEqual(portable.parsePublicKey(pem))
    expect(() => portable.parsePublicKey(bare.replaceAll('RSA ', ''))).toThrow()
  })

  it('refuses a key of another algorithm, one with a bad number, and bytes after the key', () => {
    // P-256, made by openssl.
    const ec = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaa6oGMQGLDrzj3rfcMMpxsh2U1QL
e5hqPOQhSZ2lRM0gxOGxkDoOqTPTFLVMv1zt7dXWg7wzYzwYh1Cp2wV4Vg==
-----END PUBLIC KEY-----`
    const error = expect.objectContaining({ code: 'TEXT' })
    expect(() => portable.parsePublicKey(ec)).toThrow(error)
    const der = fromBase64(CALLBACK_KEY.publicKey.replace(/-----.*-----|\s/g, ''))
    const build = (bytes: Uint8Array) =>
      `-----BEGIN PUBLIC KEY-----\n${toBase64(bytes)}\n-----END PUBLIC KEY-----`
    expect(() => portable.parsePublicKey(build(der))).not.toThrow()
    expect(() => portable.parsePublicKey(build(Uint8Array.of(...der, 0)))).toThrow(error)
    for (let length = 0; length < der.length; length += 1) {
      expect(() => portable.parsePublicKey(build(der.slice(0, length)))).toThrow(error)
    }
    // An even exponent, and an even modulus.
    for (const at of [der.length - 1, der.length - 6]) {
      const changed = der.map((byte, place) => (place === at ? byte & 0xfe : byte))
      expect(() => portable.parsePublicKey(build(changed))).toThrow(error)
    }
  })

  it('refuses a signature that is the right one plus the modulus', () => {
    const key = portable.parsePublicKey(CALLBACK_KEY.publicKey)
    const privateKey = parsePrivateKey(CALLBACK_KEY.privateKey)
    // The sum has 512 bits only for some texts.
    for (let number = 0; number < 1000; number += 1) {
      const text = toUtf8(`text ${number}`)
      const good = BigInt(`0x${toHex(signRsaMd5(privateKey, text))}`)
      const sum = (good + key.modulus).toString(16).padStart(128, '0')
      if (sum.length > 128) continue
      expect(portable.verifyRsaMd5(key, text, fromHex(good.toString(16).padStart(128, '0')))).toBe(
        true,
      )
      expect(portable.verifyRsaMd5(key, text, fromHex(sum))).toBe(false)
      return
    }
    expect.unreachable('no text has such a signature')
  })

  it('refuses an encoding with other padding than the standard has', () => {
    // With exponent 3 and a cube root one can forge a signature for a verifier that ignores what follows the hash.
    const modulus = (1n << 2047n) + 1n
    const key = { modulus, exponent: 3n, bytes: 256 }
    const prefix = BigInt(
      `0x0001ff00${'3020300c06082a864886f70d020505000410'}${toHex(portable.md5('text'))}`,
    )
    const target = prefix << (2048n - 38n * 8n)
    let [low, high] = [0n, 1n << 700n]
    while (low < high) {
      const middle = (low + high) >> 1n
      if (middle ** 3n < target) low = middle + 1n
      else high = middle
    }
    const hex = low.toString(16).padStart(512, '0')
    const forged = fromHex(hex)
    expect((low ** 3n) >> (2048n - 38n * 8n) === prefix).toBe(true)
    expect(portable.verifyRsaMd5(key, toUtf8('text'), forged)).toBe(false)
  })
})
