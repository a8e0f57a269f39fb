import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitUpload } from '../../src/signer/admit-upload.ts'
import { narrowUpload, type UploadAdditions } from '../../src/signer/narrow-upload.ts'
import { START } from '../support/clock.ts'
import { JWT_ISSUER } from '../support/keys.ts'
import { codeOf, createProfile } from '../support/samples.ts'

const FILE = {
  profile: 'sample',
  name: 'a.png',
  type: 'image/png',
  size: 100,
  vars: { album: 'a' },
}
const WHO = {
  subject: 'user-42',
  issuer: JWT_ISSUER,
  bucket: 'examplebucket',
  deployment: 'default',
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  now: START,
}
const profile = createProfile({ types: ['image/*'], maxSize: 1000, vars: ['album'] })

function admit(additions: UploadAdditions, from = profile) {
  const { profile: narrowed, request, keyValues } = narrowUpload(from, FILE, additions)
  return admitUpload(narrowed, request, { ...WHO, keyValues })
}

describe('additions of the application', () => {
  it('that are none leave the profile itself, with what is cached for it', () => {
    expect(narrowUpload(profile, FILE, {})).toEqual({ profile, request: FILE, keyValues: {} })
    expect(narrowUpload(profile, FILE, { vars: { album: 'b' } }).profile).toBe(profile)
  })

  it('fill in the key', () => {
    const tenants = createProfile({ key: '{tenant}/{id}', keyValues: ['tenant'], vars: ['album'] })
    expect(admit({ keyValues: { tenant: 'a/c' } }, tenants).key).toBe(`a~2fc/${WHO.id}`)
  })

  it('add variables, and replace those of the page', () => {
    expect(admit({ vars: { plan: 'pro' } }).vars).toEqual({ album: 'a', plan: 'pro' })
    expect(admit({ vars: { album: '夏' } }).vars).toEqual({ album: '夏' })
  })

  it('make limits smaller, never larger', () => {
    expect(codeOf(() => admit({ limits: { maxSize: 99 } }))).toBe('FILE_TOO_LARGE')
    expect(codeOf(() => admit({ limits: { maxSize: 0 } }))).toBe('FILE_TOO_LARGE')
    expect(codeOf(() => admit({ limits: { types: ['image/gif'] } }))).toBe('TYPE_REFUSED')
    expect(codeOf(() => admit({ limits: { types: [] } }))).toBe('TYPE_REFUSED')
    expect(admit({ limits: { sessionSeconds: 60 } }).expiresAt).toBe(START.getTime() / 1000 + 60)
    const { profile: short } = narrowUpload(profile, FILE, { limits: { sessionSeconds: 60 } })
    expect(short.ticketSeconds).toBe(60)
  })

  it('never allow what the profile does not', () => {
    const limits = fc.record(
      {
        maxSize: fc.nat(5000),
        types: fc.array(fc.constantFrom('*', '*/*', 'image/*', 'text/html', 'image/png')),
        sessionSeconds: fc.integer({ min: 1, max: 1_000_000 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(limits, (given) => {
        const { profile: narrowed } = narrowUpload(profile, FILE, { limits: given })
        expect(narrowed.maxSize).toBeLessThanOrEqual(profile.maxSize)
        expect(narrowed.sessionSeconds).toBeLessThanOrEqual(profile.sessionSeconds)
        expect(narrowed.ticketSeconds).toBeLessThanOrEqual(profile.ticketSeconds)
        for (const type of ['text/html', 'image/svg+xml', 'application/zip', 'image/png']) {
          if (!profile.accepts(type)) expect(narrowed.accepts(type)).toBe(false)
        }
      }),
    )
  })

  it.each<[string, UploadAdditions, string]>([
    ['a key value of no name', { keyValues: { tenant: 'a' } }, 'keyValues'],
    ['a variable of the service', { vars: { seal: 'x' } }, 'vars'],
    ['a variable that is no name', { vars: { __proto__x: 'x' } }, 'vars'],
    ['a size that is no number', { limits: { maxSize: Number.NaN } }, 'limits.maxSize'],
    ['half bytes', { limits: { maxSize: 1.5 } }, 'limits.maxSize'],
    ['a type in capitals', { limits: { types: ['Image/PNG'] } }, 'limits.types'],
    ['no life at all', { limits: { sessionSeconds: 0 } }, 'limits.sessionSeconds'],
  ])('with %s cannot be used', (_, additions, field) => {
    expect(() => narrowUpload(profile, FILE, additions)).toThrow(field)
  })

  it('must have every key value, as a text', () => {
    const tenants = createProfile({
      key: '{tenant}/{constructor}/{id}',
      keyValues: ['tenant', 'constructor'],
    })
    for (const keyValues of [{}, { tenant: 'a' }, { tenant: 'a', constructor: '' }]) {
      expect(() => narrowUpload(tenants, FILE, { keyValues })).toThrow('keyValues.constructor')
    }
  })

  it('must name what the own callback body of a profile sends', () => {
    const body = 'id=${x:id}&album=${x:album}'
    const callback = { url: 'https://app.example.com', body }
    const direct = createProfile({ vars: ['album'], callback })
    expect(() => narrowUpload(direct, FILE, { vars: { plan: 'x' } })).toThrow('vars.plan')
    expect(() => narrowUpload(direct, FILE, { vars: { album: 'x' } })).not.toThrow()
  })
})
