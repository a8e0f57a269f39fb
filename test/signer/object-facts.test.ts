import { describe, expect, it } from 'vitest'
import { fromBase64Url } from '../../src/protocol/bytes.ts'
import { decryptObjectFacts, encryptObjectFacts } from '../../src/signer/object-facts.ts'
import { createSecrets } from '../../src/signer/token.ts'

const secret = createSecrets('a secret of the tests with more than 32 bytes')
const other = createSecrets('another secret of the tests with over 32 bytes')
const upload = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  issuer: 'https://login.example.com',
  deployment: 'default',
  bucket: 'examplebucket',
  key: 'avatars/u/1.png',
  subject: 'user-42',
  profile: 'avatar',
  name: '头像 🙂.png',
  vars: { album: '夏天', __proto__x: 'y' },
  contentMd5: '1B2M2Y8AsgTpgAmY7PhCfg==',
  crc64: '5981764153023615706',
}
const { id, issuer, deployment, bucket, key, ...facts } = upload
const owner = { id, issuer, deployment, bucket, key }

describe('the facts that an object carries', () => {
  it('come back whole', () => {
    const value = encryptObjectFacts(upload, secret)
    expect(decryptObjectFacts(value, owner, secret)).toEqual(facts)
  })

  it('come back without the checksums that were not declared', () => {
    const value = encryptObjectFacts({ ...upload, contentMd5: undefined, crc64: undefined }, secret)
    expect(Object.keys(decryptObjectFacts(value, owner, secret) ?? {})).toEqual([
      'subject',
      'profile',
      'name',
      'vars',
    ])
  })

  it('are readable for nobody: subject, name and variables are nowhere in the text', () => {
    const value = encryptObjectFacts(upload, secret)
    expect(value).toMatch(/^1[\w-]+$/)
    const bytes = String.fromCharCode(...fromBase64Url(value.slice(1)))
    for (const word of ['user-42', 'avatar', 'png', 'album']) expect(bytes).not.toContain(word)
  })

  it.each([
    ['another upload', { ...owner, id: 'BBBBBBBBBBBBBBBBBBBBBB' }],
    ['another key', { ...owner, key: 'avatars/u/2.png' }],
    ['another bucket', { ...owner, bucket: 'otherbucket' }],
    ['another issuer', { ...owner, issuer: 'https://other.example.com' }],
    ['another deployment', { ...owner, deployment: 'staging' }],
  ])('are nothing on the object of %s', (_, foreign) => {
    const value = encryptObjectFacts(upload, secret)
    expect(decryptObjectFacts(value, foreign, secret)).toBeUndefined()
  })

  it('are encrypted with another nonce when a repeated request gives the same id another key', () => {
    const one = fromBase64Url(encryptObjectFacts(upload, secret).slice(1))
    const other = fromBase64Url(encryptObjectFacts({ ...upload, key: 'k/2' }, secret).slice(1))
    const ofText = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 16).join()
    // With the same nonce, the same text would have the same ciphertext.
    expect(ofText(other)).not.toBe(ofText(one))
  })

  it('are read with any of several secrets, and not without theirs', () => {
    const value = encryptObjectFacts(upload, secret)
    expect(decryptObjectFacts(value, owner, [...other, ...secret])?.subject).toBe('user-42')
    expect(decryptObjectFacts(value, owner, other)).toBeUndefined()
    expect(decryptObjectFacts(value, owner, [])).toBeUndefined()
  })

  it.each(['', '1', '2AAAA', '1****', `1${'A'.repeat(9000)}`, '1AAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    'are nothing in foreign text (%#)',
    (value) => {
      expect(decryptObjectFacts(value, owner, secret)).toBeUndefined()
    },
  )

  it('are refused when OSS has no room for them', () => {
    // Each of these characters becomes six in JSON.
    const name = '\u0001'.repeat(1024)
    expect(() => encryptObjectFacts({ ...upload, name }, secret)).toThrow(
      expect.objectContaining({ code: 'METADATA_TOO_LONG' }),
    )
    const longest = { ...upload, name: '字'.repeat(341), vars: { a: 'x'.repeat(2047) } }
    expect(encryptObjectFacts(longest, secret).length).toBeLessThan(8192 - 256)
  })
})
