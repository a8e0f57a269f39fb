import { describe, expect, it } from 'vitest'
import { admitUpload } from '../../src/signer/admit-upload.ts'
import { type Claims, requireScopes } from '../../src/signer/claims.ts'
import { type Profile, prepareProfile } from '../../src/signer/profile.ts'
import { START } from '../support/clock.ts'
import { JWT_ISSUER } from '../support/keys.ts'
import { codeOf, createProfile } from '../support/samples.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const FILE = { profile: 'sample', name: 'a.png', type: 'image/png', size: 1 }
const WHO = {
  subject: 'user-42',
  issuer: JWT_ISSUER,
  bucket: 'examplebucket',
  deployment: 'default',
  id: ID,
  now: START,
}

function buildKey(key: string, claims: Claims): string {
  return admitUpload(createProfile({ key }), FILE, { ...WHO, claims }).key
}

const issueOf = (profile: Partial<Profile>) => {
  try {
    prepareProfile('p', { key: 'k/{id}', types: ['*'], maxSize: 1, ...profile })
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('a claim in a key', () => {
  it.each([
    ['acme', 't/acme/'],
    ['../x', 't/~2e~2e~2fx/'],
    ['上海', 't/~e4~b8~8a~e6~b5~b7/'],
    [42, 't/42/'],
    [0, 't/0/'],
  ])('%j is one safe part of it', (tenant, start) => {
    expect(buildKey('t/{claim.tenant}/{id}', { tenant })).toBe(`${start}${ID}`)
  })

  it.each([[undefined], [''], [null], [true], [1.5], [['acme']], [{}], ['half \uD800']])(
    'that is %j is refused',
    (tenant) => {
      const claims = tenant === undefined ? {} : { tenant }
      expect(codeOf(() => buildKey('t/{claim.tenant}/{id}', claims))).toBe('CLAIM_MISSING')
    },
  )

  it('is never a member that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(codeOf(() => buildKey(`t/{claim.${name}}/{id}`, {}))).toBe('CLAIM_MISSING')
    }
    const claims = JSON.parse('{"__proto__":"own"}')
    expect(buildKey('t/{claim.__proto__}/{id}', claims)).toBe(`t/own/${ID}`)
  })

  it('keeps tenants apart that a subject could imitate', () => {
    const keys = [
      admitUpload(createProfile({ key: '{claim.tenant}/{sub}' }), FILE, {
        ...WHO,
        subject: 'c',
        claims: { tenant: 'a/b' },
      }).key,
      admitUpload(createProfile({ key: '{claim.tenant}/{sub}' }), FILE, {
        ...WHO,
        subject: 'b/c',
        claims: { tenant: 'a' },
      }).key,
    ]
    expect(new Set(keys).size).toBe(2)
  })
})

describe('requireScope', () => {
  const check = (requireScope: string | string[], claims: Claims) =>
    codeOf(() => requireScopes(createProfile({ requireScope }), claims))

  it.each<[string, Claims]>([
    ['a text with spaces', { scope: 'openid upload:write' }],
    ['a list', { scope: ['upload:write'] }],
    ['a list under the name scp', { scp: ['openid', 'upload:write'] }],
  ])('takes %s', (_, claims) => {
    expect(check('upload:write', claims)).toBeUndefined()
  })

  it.each<[string, Claims]>([
    ['nothing', {}],
    ['another scope', { scope: 'upload:read' }],
    ['a longer scope', { scope: 'upload:write:all xupload:write' }],
    ['a number', { scope: 1 }],
    ['an object', { scope: { 'upload:write': true } }],
    ['null', { scope: null }],
    ['capitals', { scope: 'UPLOAD:WRITE' }],
  ])('refuses %s', (_, claims) => {
    expect(check('upload:write', claims)).toBe('SCOPE_MISSING')
  })

  it('asks for all of several, and names those that are missing', () => {
    expect(check(['a', 'b'], { scope: 'b a' })).toBeUndefined()
    expect(() =>
      requireScopes(createProfile({ requireScope: ['a', 'b'] }), { scope: 'a' }),
    ).toThrow('the scope b,')
  })
})

describe('the settings of a profile', () => {
  it('say what is wrong with scopes and key values', () => {
    expect(issueOf({ requireScope: 'a b' })).toContain('requireScope')
    expect(issueOf({ requireScope: '' })).toContain('requireScope')
    expect(issueOf({ keyValues: ['tenant'] })).toContain('key has no {tenant}')
    expect(issueOf({ keyValues: ['id'] })).toContain('must not name id')
    expect(issueOf({ keyValues: ['Tenant'] })).toContain('lower-case')
    expect(issueOf({ key: '{tenant}/{id}' })).toContain('no placeholder {tenant}')
    expect(issueOf({ key: '{tenant}/{id}', keyValues: ['tenant'] })).toBe('')
    expect(issueOf({ key: '{claim.tenant}/{id}', requireScope: ['a', 'b'] })).toBe('')
  })
})
