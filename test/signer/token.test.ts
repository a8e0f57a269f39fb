import { compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { createHmacKey, hmacSha256Hex } from '../../src/protocol/crypto.ts'
import { createSecrets, createTokenFormat } from '../../src/signer/token.ts'
import { changeEach } from '../support/samples.ts'

const OLD = 'an old secret, at least 32 bytes long'
const NEW = 'a new secret, at least 32 bytes long.'
const format = createTokenFormat<{ a: string }>('test', 1)

describe('tokens', () => {
  it('are JWS that jose verifies, with the version among the claims', async () => {
    const token = format.sign({ a: '目' }, createSecrets(NEW))
    const { protectedHeader, payload } = await compactVerify(token, toUtf8(NEW))
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'test' })
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ v: 1, a: '目' })
  })

  it('are signed with the first secret and accepted with all', () => {
    const token = format.sign({ a: 'b' }, createSecrets([OLD, NEW]))
    expect(token).toBe(format.sign({ a: 'b' }, createSecrets(OLD)))
    for (const secrets of [[OLD], [NEW, OLD], ['another secret', NEW, OLD]]) {
      expect(format.read(token, createSecrets(secrets))?.a).toBe('b')
    }
    expect(format.read(token, createSecrets(NEW))).toBe(undefined)
  })

  it('of another type or version are not accepted', () => {
    const secrets = createSecrets(NEW)
    const token = format.sign({ a: 'b' }, secrets)
    expect(createTokenFormat('other', 1).read(token, secrets)).toBe(undefined)
    expect(createTokenFormat('test', 2).read(token, secrets)).toBe(undefined)
  })

  it.each(['', '.', '..', '...', 'e30.e30.', 'A'.repeat(100_000)])('%j is none', (text) => {
    expect(format.read(text, createSecrets(NEW))).toBe(undefined)
  })

  it('are refused with any character changed', () => {
    const secrets = createSecrets([NEW, OLD])
    for (const forged of changeEach(format.sign({ a: 'b' }, secrets))) {
      expect(format.read(forged, secrets)).toBe(undefined)
    }
  })
})

describe('createSecrets', () => {
  it('accepts texts and prepared keys', () => {
    const [first, second] = createSecrets([createHmacKey(OLD), NEW])
    const signatures = [first, second].map((key) => key && hmacSha256Hex(key, 'text'))
    expect(signatures).toEqual([OLD, NEW].map((text) => hmacSha256Hex(createHmacKey(text), 'text')))
  })

  it.each([[[]], [''], [['', NEW]], [[NEW, '']]])('refuses %j', (given) => {
    expect(() => createSecrets(given)).toThrow(TypeError)
  })
})
