import { compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { buildSeal } from '../../src/signer/seal.ts'
import { signSession, verifySession } from '../../src/signer/session.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { START } from '../support/clock.ts'
import { JWT_ISSUER, UPCALL_SECRET } from '../support/keys.ts'
import { changeEach, codeOf, createUpload } from '../support/samples.ts'
import vectors from '../vectors/tokens.json' with { type: 'json' }

const KEY = createSecrets(UPCALL_SECRET)
const WHO = {
  subject: 'user-42',
  issuer: JWT_ISSUER,
  bucket: 'examplebucket',
  deployment: 'default',
  now: START,
}
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000)

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
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      v: 1,
      s: 'user-42',
      u: 'U1',
    })
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
    ['another issuer', signSession(upload, KEY), { ...WHO, issuer: 'https://b.example.com' }],
    ['another deployment', signSession(upload, KEY), { ...WHO, deployment: 'staging' }],
    ['another secret', signSession(upload, createSecrets(`${UPCALL_SECRET}!`)), WHO],
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

  it.each(vectors.filter(({ kind }) => kind === 'session'))(
    'of version $version, as once recorded, are still read',
    ({ secret, token, upload: recorded }) => {
      const now = new Date(recorded.expiresAt * 1000 - 1)
      const { subject, issuer, bucket, deployment } = recorded
      const who = { subject, issuer, bucket, deployment, now }
      expect(verifySession(token, createSecrets(secret), who)).toEqual(recorded)
    },
  )
})
