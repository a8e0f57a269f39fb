import { compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { buildSeal, verifySeal } from '../../src/signer/seal.ts'
import { signSession } from '../../src/signer/session.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { START } from '../support/clock.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import { changeEach, codeOf, createUpload } from '../support/samples.ts'
import vectors from '../vectors/tokens.json' with { type: 'json' }

const KEY = createSecrets(UPCALL_SECRET)
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000)

describe('seals', () => {
  const upload = createUpload({ vars: { b: '2', a: '1' } })
  const facts = {
    issuer: upload.issuer,
    deployment: upload.deployment,
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
    ['issuer', { issuer: 'https://b.example.com' }],
    ['deployment', { deployment: 'staging' }],
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

  it.each(vectors.filter(({ kind }) => kind === 'seal'))(
    'of version $version, as once recorded, are still read',
    ({ secret, token, upload: recorded }) => {
      const now = new Date(recorded.expiresAt * 1000)
      const { id, subject, profile, size } = recorded
      const seal = verifySeal(token, createSecrets(secret), now)
      expect(seal).toMatchObject({ id, subject, profile, size })
      expect(seal.agrees(recorded)).toBe(true)
    },
  )
})
