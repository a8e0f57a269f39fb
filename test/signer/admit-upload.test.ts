import { describe, expect, it } from 'vitest'
import { type AdmittedUpload, admitUpload } from '../../src/signer/admit-upload.ts'
import type { Profile } from '../../src/signer/profile.ts'
import type { UploadRequest } from '../../src/signer/ticket.ts'
import { START } from '../support/clock.ts'
import { codeOf, createProfile } from '../support/samples.ts'

const WHO = {
  subject: 'user-42',
  issuer: 'https://login.example.com',
  deployment: 'default',
  id: 'BBBBBBBBBBBBBBBBBBBBBB',
  bucket: 'examplebucket',
  now: START,
}

function admit(request: Partial<UploadRequest>, profile: Partial<Profile> = {}): AdmittedUpload {
  const ready = createProfile({ key: 'a/{sub}/{id}.{ext}', vars: ['album', 'note'], ...profile })
  return admitUpload(
    ready,
    { profile: 'sample', name: 'a.png', type: 'image/png', size: 10, ...request },
    WHO,
  )
}

describe('admitting an upload', () => {
  it('decides everything about it', () => {
    expect(admit({ vars: { note: 'n', album: 'a' }, crc64: '7' })).toEqual({
      id: 'BBBBBBBBBBBBBBBBBBBBBB',
      subject: 'user-42',
      issuer: 'https://login.example.com',
      deployment: 'default',
      profile: 'sample',
      bucket: 'examplebucket',
      key: 'a/user-42/BBBBBBBBBBBBBBBBBBBBBB.png',
      name: 'a.png',
      size: 10,
      type: 'image/png',
      vars: { album: 'a', note: 'n' },
      contentMd5: undefined,
      crc64: '7',
      method: 'form',
      expiresAt: START.getTime() / 1000 + 86_400,
    })
  })

  it.each([
    ['has dot segments', '../../etc/passwd'],
    ['holds NUL', 'a\0b.png'],
    ['is long', `${'长'.repeat(333)}.`],
    ['is an emoji', '🏖️🎉.png'],
    ['is Chinese', '假日照片.png'],
    ['is percent-encoded', 'a%2F..%2Fb.png'],
    ['changes the text direction', 'gnp.\u202Eexe'],
    ['holds a slash and a backslash', '/a\\b.png'],
    ['looks like a template', '{sub}${bucket}.png'],
  ])('stores a file whose name %s under a key without that name', (_, name) => {
    const upload = admit({ name })
    expect(upload.name).toBe(name)
    expect(upload.key).toBe('a/user-42/BBBBBBBBBBBBBBBBBBBBBB.png')
  })

  it.each([
    ['empty', ''],
    ['of 1 025 bytes', 'x'.repeat(1025)],
    ['of 1 026 bytes in 342 characters', '长'.repeat(342)],
    ['with half of a surrogate pair', 'a\uD83C.png'],
  ])('refuses a file name %s', (_, name) => {
    expect(codeOf(() => admit({ name }))).toBe('FILE_NAME')
  })

  it('sends variables that the page leaves out as empty text to a server of the application', () => {
    const callback = { url: 'https://a.example.com/', body: 'a=${x:album}&n=${x:note}' }
    expect(admit({ vars: { note: 'n' } }, { callback }).vars).toEqual({ album: '', note: 'n' })
    expect(admit({}, { callback }).vars).toEqual({ album: '', note: '' })
    expect(admit({}).vars).toEqual({})
  })

  it('writes line ends in names and variables as LF', () => {
    const upload = admit({ name: 'a\r\nb\rc', vars: { note: '1\r\n2' } })
    expect(upload.name).toBe('a\nb\nc')
    expect(upload.vars).toEqual({ note: '1\n2' })
  })

  it.each<[string, Partial<UploadRequest>, Partial<Profile>, string]>([
    ['a type that is not allowed', { type: 'text/html' }, {}, 'TYPE_REFUSED'],
    ['a type hidden behind a comma', { type: 'image/png,text/html' }, {}, 'TYPE_REFUSED'],
    ['one byte too many', { size: 11 }, { maxSize: 10 }, 'FILE_TOO_LARGE'],
    ['an empty file where one byte is needed', { size: 0 }, { minSize: 1 }, 'FILE_TOO_SMALL'],
    ['an empty file in parts', { size: 0, method: 'multipart' }, {}, 'FILE_EMPTY'],
    [
      'an empty file where only parts are allowed',
      { size: 0 },
      { methods: ['multipart'] },
      'FILE_EMPTY',
    ],
    ['a method that is not allowed', { method: 'put' }, { methods: ['form'] }, 'METHOD_REFUSED'],
    [
      'over 5 GiB in one request',
      { size: 5 * 1024 ** 3 + 1, method: 'put' },
      { maxSize: 1e12 },
      'FILE_TOO_LARGE',
    ],
    [
      'an MD5 of a file in parts',
      { method: 'multipart', contentMd5: 'ICy5YqxZB1uWSwcVLSNLcA==' },
      {},
      'CONTENT_MD5_REFUSED',
    ],
    ['a variable that the profile does not name', { vars: { other: 'x' } }, {}, 'VAR_REFUSED'],
    ['a variable of the service', { vars: { seal: 'x' } }, {}, 'VAR_REFUSED'],
    [
      'a variable named like a method of objects',
      { vars: { constructor: 'x' } },
      {},
      'VAR_REFUSED',
    ],
    ['half of a surrogate pair in a variable', { vars: { note: '\uDC00' } }, {}, 'VAR_REFUSED'],
    ['variables that are too long', { vars: { note: '长'.repeat(700) } }, {}, 'VARS_TOO_LONG'],
  ])('refuses %s', (_, request, profile, code) => {
    expect(codeOf(() => admit(request, profile))).toBe(code)
  })

  it.each<[number, Partial<Profile>, string]>([
    [16_777_215, {}, 'form'],
    [16_777_216, {}, 'multipart'],
    [16_777_216, { methods: ['form', 'put'] }, 'form'],
    [10, { methods: ['put', 'multipart'] }, 'put'],
    [10, { methods: ['multipart'] }, 'multipart'],
    [0, { multipartFrom: 0 }, 'form'],
    [1, { multipartFrom: 0 }, 'multipart'],
  ])('sends %i bytes with %j as %s', (size, profile, method) => {
    expect(admit({ size }, profile).method).toBe(method)
  })

  it('plans parts only for what goes in parts', () => {
    expect(admit({ size: 20_000_000 }).partSize).toBe(8 * 1024 * 1024)
    expect(admit({ size: 20_000_000 }, { partSize: 1_000_000 }).partSize).toBe(1_000_000)
    expect(admit({ size: 20_000_000, partSize: 2_000_000 }, { partSize: 1_000_000 }).partSize).toBe(
      2_000_000,
    )
    expect(admit({})).not.toHaveProperty('partSize')
  })

  it('encodes a subject with dot segments as one path segment', () => {
    const ready = createProfile({ key: 'a/{sub}/{id}' })
    const request = { profile: 'sample', name: 'a', type: 'a/b', size: 1 }
    const { key } = admitUpload(ready, request, { ...WHO, subject: '../admin' })
    expect(key).toMatch(/^a\/[^/]+\/BBBBBBBBBBBBBBBBBBBBBB$/)
    expect(key).not.toContain('..')
  })

  it('refuses a subject that is too long for the key', () => {
    const ready = createProfile({ key: `${'x'.repeat(1000)}/{sub}` })
    const request = { profile: 'sample', name: 'a', type: 'a/b', size: 1 }
    expect(codeOf(() => admitUpload(ready, request, { ...WHO, subject: 's'.repeat(100) }))).toBe(
      'OBJECT_KEY',
    )
  })
})
