import { describe, expect, it } from 'vitest'
import { listWarnings, type Profile, prepareProfile } from '../../src/signer/profile.ts'
import { codeOf, createProfile } from '../support/samples.ts'

const GOOD: Profile = { key: 'a/{id}', types: ['image/png'], maxSize: 10 }

describe('profiles', () => {
  it('fills in the defaults', () => {
    expect(prepareProfile('p', GOOD)).toMatchObject({
      minSize: 0,
      methods: ['form', 'put', 'multipart'],
      multipartFrom: 16_777_216,
      ticketSeconds: 900,
      sessionSeconds: 86_400,
      trustCallbackSignature: false,
      allowOverwrite: false,
      vars: new Set(),
    })
  })

  it.each([
    [['image/*'], 'image/png', true],
    [['image/*'], 'image/svg+xml', false],
    [['image/*', 'image/svg+xml'], 'image/svg+xml', true],
    [['*'], 'application/zip', true],
    [['*'], 'text/html', false],
    [['*/*'], 'application/zip', true],
    [['*/*'], 'application/xhtml+xml', false],
    [['text/plain'], 'text/plaintext', false],
    [['text/plain'], 'application/json', false],
  ])('with types %j, %s passes: %s', (types, essence, passes) => {
    expect(createProfile({ types }).accepts(essence)).toBe(passes)
  })

  it.each<[string, Partial<Profile>]>([
    ['a template with an unknown placeholder', { key: 'a/{name}' }],
    ['a template with a dot segment', { key: '../{id}' }],
    ['no types', { types: [] }],
    ['a type in capitals', { types: ['Image/PNG'] }],
    ['a type with half a star', { types: ['image/p*'] }],
    ['a minimum above the maximum size', { minSize: 11 }],
    ['a size that is not a number', { maxSize: Number.NaN }],
    ['no methods', { methods: [] }],
    ['a variable in capitals', { vars: ['Album'] }],
    ['a variable of the service', { vars: ['seal'] }],
    ['a variable whose name would end the body’s field', { vars: ['a=${bucket}&b'] }],
    ['a line feed in a header', { cacheControl: 'a\r\nx-oss-object-acl: public-read' }],
    ['a ticket that lives too long', { ticketSeconds: 604_801 }],
    ['a ticket that outlives its session', { ticketSeconds: 86_401 }],
    ['the longest ticket with the default session', { ticketSeconds: 604_800 }],
    ['a session that never ends', { sessionSeconds: Number.POSITIVE_INFINITY }],
    ['six callback URLs', { callback: { url: Array.from({ length: 6 }, () => 'https://a.b/') } }],
    ['a callback URL with a user', { callback: { url: 'https://a@b.example.com/' } }],
    [
      'a callback body with an unknown variable',
      { callback: { url: 'https://a.b/', body: 'a=${x:nobody}' } },
    ],
    ['a stray dollar in the body', { callback: { url: 'https://a.b/', body: 'a=$5' } }],
    ['a body without variables', { callback: { url: 'https://a.b/', body: 'a=5' } }],
    [
      'a body that leaves out a variable of the page',
      { vars: ['album'], callback: { url: 'https://a.b/', body: 'a=${object}' } },
    ],
    [
      'JSON with quotes around a text',
      {
        callback: { url: 'https://a.b/', body: '{"a":"${object}"}', bodyType: 'application/json' },
      },
    ],
  ])('refuses %s', (_, more) => {
    expect(codeOf(() => prepareProfile('p', { ...GOOD, ...more }))).toBe('PROFILE')
  })

  it.each(['', 'A', 'a_b', 'a'.repeat(33), '__proto__'])('refuses the name %j', (name) => {
    expect(codeOf(() => prepareProfile(name, GOOD))).toBe('PROFILE')
  })

  it('shorten the default life of tickets to that of a short session', () => {
    expect(createProfile({ sessionSeconds: 60 }).ticketSeconds).toBe(60)
  })

  it('names all faults at once', () => {
    const call = () => prepareProfile('p', { key: '{x}', types: [], maxSize: -1 })
    expect(call).toThrow(/types.*maxSize.*key/s)
  })

  it('accepts a direct callback whose body uses the variables of the profile', () => {
    const callback = { url: 'https://a.example.com/', body: 'u=${x:sub}&a=${x:album}' }
    expect(codeOf(() => prepareProfile('p', { ...GOOD, vars: ['album'], callback }))).toBe(
      undefined,
    )
  })

  it('warn at start of what they give up, and only then', () => {
    const direct = { url: 'https://a.example.com/' }
    expect(listWarnings(createProfile())).toEqual([])
    expect(listWarnings(createProfile({ trustCallbackSignature: true }))).toEqual([
      expect.stringContaining('sample has trustCallbackSignature'),
    ])
    expect(listWarnings(createProfile({ trustCallbackSignature: true, callback: direct }))).toEqual(
      [],
    )
    const unsealed = { ...direct, body: 'k=${object}' }
    expect(listWarnings(createProfile({ callback: unsealed }))).toEqual([
      expect.stringContaining('has no ${x:seal}'),
    ])
    const sealed = { ...direct, body: 'k=${object}&s=${x:seal}' }
    expect(listWarnings(createProfile({ callback: sealed }))).toEqual([])
    expect(listWarnings(createProfile({ allowOverwrite: true }))).toEqual([
      expect.stringContaining('sample has allowOverwrite'),
    ])
  })
})
