import { compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { createHmacKey } from '../../src/protocol/crypto.ts'
import { buildSeal, signSession, verifySeal, verifySession } from '../../src/signer/session.ts'
import { START } from '../support/clock.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import { codeOf, createUpload } from '../support/samples.ts'

const KEY = createHmacKey(UPCALL_SECRET)
const WHO = { subject: 'user-42', bucket: 'examplebucket', now: START }
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000)

/** The token with each character changed, one after the other. */
function* changeEach(token: string): Generator<string> {
  for (let at = 0; at < token.length; at += 1) {
    yield `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  }
}

describe('sessions', () => {
  const upload = createUpload({
    method: 'multipart',
    uploadId: 'U1',
    partSize: 102_400,
    vars: { album: 'a' },
    crc64: '7',
    contentMd5: 'ICy5YqxZB1uWSwcVLSNLcA==',
  })

  it('are read as they were signed', () => {
    expect(verifySession(signSession(upload, KEY), KEY, WHO)).toEqual(upload)
  })

  it('are JWS that jose verifies', async () => {
    const { protectedHeader, payload } = await compactVerify(
      signSession(upload, KEY),
      toUtf8(UPCALL_SECRET),
      { algorithms: ['HS256'] },
    )
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'upcall-session' })
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ s: 'user-42', u: 'U1' })
  })

  it('are refused with any character changed', () => {
    const session = signSession(upload, KEY)
    for (const forged of changeEach(session)) {
      expect(codeOf(() => verifySession(forged, KEY, WHO))).toBe('SESSION_INVALID')
    }
  })

  it.each([
    ['another subject', signSession(upload, KEY), { ...WHO, subject: 'user-43' }],
    ['another bucket', signSession(upload, KEY), { ...WHO, bucket: 'otherbucket' }],
    ['another secret', signSession(upload, createHmacKey(`${UPCALL_SECRET}!`)), WHO],
    ['a seal in its place', buildSeal(upload, KEY), WHO],
    ['nothing', '', WHO],
    ['dots', '..', WHO],
    ['a megabyte', 'A'.repeat(1_000_000), WHO],
    ['an unsigned token', `${signSession(upload, KEY).split('.').slice(0, 2).join('.')}.`, WHO],
  ])('are refused for %s', (_, session, who) => {
    expect(codeOf(() => verifySession(session, KEY, who))).toBe('SESSION_INVALID')
  })

  it('end at the exact second', () => {
    const session = signSession(upload, KEY)
    const verify = (now: Date) => codeOf(() => verifySession(session, KEY, { ...WHO, now }))
    expect(verify(later(86_399.999))).toBe(undefined)
    expect(verify(later(86_400))).toBe('SESSION_EXPIRED')
  })

  it('can have the longest names and variables', () => {
    const huge = createUpload({ name: '\0'.repeat(1024), vars: { note: '\0'.repeat(2000) } })
    expect(verifySession(signSession(huge, KEY), KEY, WHO).name).toBe(huge.name)
  })
})

describe('seals', () => {
  const upload = createUpload({ vars: { b: '2', a: '1' } })
  const facts = {
    bucket: upload.bucket,
    key: upload.key,
    type: upload.type,
    name: upload.name,
    vars: { a: '1', b: '2' },
    contentMd5: 'whatever OSS computed',
    crc64: '123',
  }

  it('identify their upload', () => {
    const seal = verifySeal(buildSeal(upload, KEY), KEY, START)
    expect(seal).toMatchObject({ id: upload.id, subject: 'user-42', profile: 'sample', size: 1000 })
    expect(seal.agrees(facts)).toBe(true)
  })

  it.each([
    ['bucket', { bucket: 'b' }],
    ['key', { key: 'k' }],
    ['type', { type: 'text/html' }],
    ['name', { name: 'n' }],
    ['variable', { vars: { a: '1', b: '3' } }],
    ['variable less', { vars: { a: '1' } }],
    ['variable more', { vars: { a: '1', b: '2', c: '3' } }],
  ])('do not agree with another %s', (_, other) => {
    expect(verifySeal(buildSeal(upload, KEY), KEY, START).agrees({ ...facts, ...other })).toBe(
      false,
    )
  })

  it('compare a checksum only when it was declared', () => {
    const declared = createUpload({ crc64: '123', vars: facts.vars })
    const seal = verifySeal(buildSeal(declared, KEY), KEY, START)
    expect(seal.agrees(facts)).toBe(true)
    expect(seal.agrees({ ...facts, crc64: '124' })).toBe(false)
    expect(seal.agrees({ ...facts, contentMd5: 'another' })).toBe(true)
  })

  it('stay under 400 characters in usual cases', () => {
    const usual = createUpload({
      subject: '0b9f6c1e-8d3a-4a55-9d7b-2f1f6f1f0a11',
      size: 1_000_000_000_000,
      crc64: '1',
      contentMd5: 'ICy5YqxZB1uWSwcVLSNLcA==',
    })
    expect(buildSeal(usual, KEY).length).toBeLessThanOrEqual(400)
  })

  it('are JWS, valid an hour longer than the session, and not accepted as sessions', async () => {
    const seal = buildSeal(upload, KEY)
    const { protectedHeader } = await compactVerify(seal, toUtf8(UPCALL_SECRET))
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'upcall-seal' })
    const verify = (now: Date) => codeOf(() => verifySeal(seal, KEY, now))
    expect(verify(later(86_400 + 3599))).toBe(undefined)
    expect(verify(later(86_400 + 3600))).toBe('SEAL_EXPIRED')
    expect(codeOf(() => verifySeal(signSession(upload, KEY), KEY, START))).toBe('SEAL_INVALID')
  })

  it('are refused with any character changed', () => {
    for (const forged of changeEach(buildSeal(upload, KEY))) {
      expect(codeOf(() => verifySeal(forged, KEY, START))).toBe('SEAL_INVALID')
    }
  })
})
