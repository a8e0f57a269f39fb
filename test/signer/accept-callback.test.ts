import { describe, expect, it } from 'vitest'
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import {
  createRsaKeyPair,
  parsePrivateKey,
  signRsaMd5,
} from '../../src/protocol/crypto-rsa-private.ts'
import {
  acceptCallback,
  type CallbackCheck,
  completeReceipt,
} from '../../src/signer/accept-callback.ts'
import { buildSeal } from '../../src/signer/seal.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { START } from '../support/clock.ts'
import { CALLBACK_KEY, JWT_ISSUER, UPCALL_SECRET } from '../support/keys.ts'
import { codeOf, createUpload, ISSUER } from '../support/samples.ts'

const upload = createUpload({ vars: { note: 'two\nlines' } })
const publicKeys = { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }

const CHECK = {
  bucket: 'examplebucket',
  issuer: JWT_ISSUER,
  secret: ISSUER.secrets,
  now: START,
}

const FACTS = {
  bucket: 'examplebucket',
  object: upload.key,
  etag: '5D41402ABC4B2A76B9719D911017C592',
  size: '1000',
  type: 'image/png',
  crc64: '18446744073709551615',
  contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
  clientIp: '203.0.113.7',
  reqId: '5C3D9175B6FC201293AD0001',
  operation: 'PostObject',
  name: upload.name,
  seal: buildSeal(upload, ISSUER.secrets),
  'x:note': 'two\r\nlines',
  width: '640',
  height: '480',
  format: 'png',
}

function accept(
  facts: Record<string, string>,
  body = String(new URLSearchParams(facts)),
  more: Partial<CallbackCheck> = {},
) {
  const bytes = toUtf8(body)
  const key = parsePrivateKey(CALLBACK_KEY.privateKey)
  const message = {
    target: '/callbacks/oss',
    body: bytes,
    authorization: toBase64(signRsaMd5(key, toUtf8(`/callbacks/oss\n${body}`))),
    publicKeyUrl: toBase64(CALLBACK_KEY.url),
  }
  return acceptCallback(message, {
    ...CHECK,
    publicKeys,
    ...more,
  })
}

describe('accepting a callback', () => {
  it('returns what the seal proves, and apart from it what only the callback says', () => {
    expect(accept(FACTS)).toEqual({
      id: upload.id,
      subject: 'user-42',
      issuer: JWT_ISSUER,
      profile: 'sample',
      bucket: 'examplebucket',
      key: upload.key,
      name: '假日 🏖.png',
      size: 1000,
      type: 'image/png',
      vars: { note: 'two\nlines' },
      unverified: {
        etag: '5D41402ABC4B2A76B9719D911017C592',
        crc64: '18446744073709551615',
        image: { width: 640, height: 480, format: 'png' },
        clientIp: '203.0.113.7',
        requestId: '5C3D9175B6FC201293AD0001',
        operation: 'PostObject',
      },
      at: START,
    })
  })

  it('has no image where OSS could not read it', () => {
    const { unverified } = accept({ ...FACTS, width: '', height: '', format: '' })
    expect(unverified).not.toHaveProperty('image')
  })

  it.each([
    ['bucket', 'otherbucket'],
    ['object', 's/user-42/another'],
    ['size', '1001'],
    ['size', '1e3'],
    ['size', ' 1000'],
    ['type', 'text/html'],
    ['name', 'another.png'],
    ['x:note', 'other'],
    ['x:more', 'x'],
    ['x:__proto__', 'x'],
    ['x:constructor', 'x'],
    ['etag', ''],
    ['etag', 'a b'],
    ['crc64', '-1'],
    ['crc64', ''],
  ])('refuses one whose %s is %j', (name, value) => {
    expect(codeOf(() => accept({ ...FACTS, [name]: value }))).toBe('CALLBACK_MISMATCH')
  })

  it.each([
    ['issuer', { issuer: 'https://other.example.com' }],
    ['deployment', { deployment: 'staging' }],
    ['bucket', { bucket: 'otherbucket' }],
  ])('refuses an upload of another %s with the same secret', (_, other) => {
    expect(codeOf(() => accept(FACTS, undefined, other))).toBe('CALLBACK_MISMATCH')
  })

  it('accepts a seal made with an older secret while it is among several', () => {
    const seal = buildSeal(upload, createSecrets('an older secret of at least 32 bytes'))
    expect(codeOf(() => accept({ ...FACTS, seal }))).toBe('SEAL_INVALID')
    const secret = [UPCALL_SECRET, 'an older secret of at least 32 bytes']
    expect(accept({ ...FACTS, seal }, undefined, { secret }).id).toBe(upload.id)
  })

  it('refuses a field that is missing, or occurs twice', () => {
    const { name: _, ...rest } = FACTS
    expect(codeOf(() => accept(rest))).toBe('CALLBACK_MISMATCH')
    const twice = `${new URLSearchParams(FACTS)}&size=1000`
    expect(codeOf(() => accept(FACTS, twice))).toBe('CALLBACK_MISMATCH')
  })

  it.each([
    [
      'of another upload',
      buildSeal(createUpload({ key: 'other' }), ISSUER.secrets),
      'CALLBACK_MISMATCH',
    ],
    ['that is missing', '', 'SEAL_INVALID'],
    [
      'that has expired',
      buildSeal(createUpload({ expiresAt: START.getTime() / 1000 - 3600 }), ISSUER.secrets),
      'SEAL_EXPIRED',
    ],
  ])('refuses a seal %s', (_, seal, code) => {
    expect(codeOf(() => accept({ ...FACTS, seal }))).toBe(code)
  })

  it('verifies the signature before it reads anything else', () => {
    const message = {
      target: '/callbacks/oss',
      body: new Uint8Array([0xff, 0xfe]),
      authorization: 'AAAA',
      publicKeyUrl: CALLBACK_KEY.url,
    }
    const check = { ...CHECK, bucket: 'b', publicKeys }
    expect(codeOf(() => acceptCallback(message, check))).toBe('CALLBACK_SIGNATURE')
    expect(codeOf(() => acceptCallback({ ...message, authorization: '' }, check))).toBe(
      'CALLBACK_SIGNATURE',
    )
  })

  it('accepts only the key of OSS by default', () => {
    const { privateKey } = createRsaKeyPair(1024)
    const body = toUtf8(String(new URLSearchParams(FACTS)))
    const signed = signRsaMd5(
      parsePrivateKey(privateKey),
      toUtf8(`/callbacks/oss\n${new URLSearchParams(FACTS)}`),
    )
    for (const publicKeyUrl of [
      'https://gosspublic.alicdn.com/callback_pub_key_v1.pem',
      CALLBACK_KEY.url,
    ]) {
      const message = {
        target: '/callbacks/oss',
        body,
        authorization: toBase64(signed),
        publicKeyUrl,
      }
      const check = CHECK
      expect(codeOf(() => acceptCallback(message, check))).toBe('CALLBACK_SIGNATURE')
    }
  })

  it('accepts the secret as text too, for servers that receive callbacks themselves', () => {
    const body = String(new URLSearchParams(FACTS))
    const key = parsePrivateKey(CALLBACK_KEY.privateKey)
    const message = {
      target: '/my/own?path=1',
      body: toUtf8(body),
      authorization: toBase64(signRsaMd5(key, toUtf8(`/my/own?path=1\n${body}`))),
      publicKeyUrl: CALLBACK_KEY.url,
    }
    const check = { ...CHECK, secret: UPCALL_SECRET, publicKeys }
    expect(acceptCallback(message, check).id).toBe(upload.id)
  })

  it('becomes a receipt with the facts of the stored object', () => {
    const accepted = accept(FACTS)
    const object = { etag: 'E', crc64: '7', versionId: 'V1' }
    const { unverified, ...receipt } = completeReceipt(accepted, object)
    expect(receipt).toMatchObject({ ...object, id: upload.id, via: 'callback', at: START })
    expect(Object.keys(unverified).sort()).toEqual(['clientIp', 'image', 'operation', 'requestId'])
    const plain = completeReceipt(accepted, { ...object, versionId: '' })
    expect(plain).not.toHaveProperty('versionId')
  })
})
