import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildObjectKey,
  checkObjectKey,
  encodeKeyValue,
  parseKeyTemplate,
} from '../../src/protocol/object-key.ts'

describe('parseKeyTemplate', () => {
  it('divides a template into texts and placeholders', () => {
    expect(parseKeyTemplate('avatars/{sub}/{id}.{ext}').pieces).toEqual([
      ...['avatars/', 'sub', '/', 'id', '.', 'ext', ''],
    ])
    expect(parseKeyTemplate('{sub}').pieces).toEqual(['', 'sub', ''])
  })

  it.each([
    '',
    '/{id}',
    '\\{id}',
    '{name}',
    '{}',
    '{id',
    'id}',
    'a//{id}',
    '{id}/',
    'a/../{id}',
    './{id}',
    'a\n{id}',
    'a\ud800{id}',
    `${'x'.repeat(1024)}`,
  ])('refuses %j', (template) => {
    expect(() => parseKeyTemplate(template)).toThrow(
      expect.objectContaining({ code: 'OBJECT_KEY' }),
    )
  })
})

describe('buildObjectKey', () => {
  const template = parseKeyTemplate('照片/{profile}/{yyyy}-{mm}-{dd}/{sub}/{id}.{ext}')
  const values = {
    profile: 'avatar',
    yyyy: '2026',
    mm: '01',
    dd: '02',
    sub: '42',
    id: 'AbC',
    ext: 'png',
  }

  it('fills every placeholder', () => {
    expect(buildObjectKey(template, values)).toBe('照片/avatar/2026-01-02/42/AbC.png')
  })

  it('omits the dot when there is no extension', () => {
    expect(buildObjectKey(template, { ...values, ext: '' })).toBe('照片/avatar/2026-01-02/42/AbC')
  })

  it('refuses a missing or empty value', () => {
    expect(() => buildObjectKey(template, { ...values, sub: '' })).toThrow('{sub}')
  })

  it.each([
    ['../../etc', '~2e~2e~2f..~2fetc'],
    ['..', '~2e~2e'],
    ['.hidden', '~2ehidden'],
    ['auth0|12', 'auth0~7c12'],
    ['a@b.example', 'a~40b.example'],
    ['张三', '~e5~bc~a0~e4~b8~89'],
    ['a%2Fb', 'a~252Fb'],
    ['a~b', 'a~7eb'],
    ['\u202Egnp', '~e2~80~aegnp'],
  ])('makes %j safe inside one segment: %s', (sub, safe) => {
    expect(buildObjectKey(parseKeyTemplate('u/{sub}/{id}'), { sub, id: 'i' })).toBe(`u/${safe}/i`)
  })

  it('encodes different values differently, and only with safe characters', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(encodeKeyValue(a)).toMatch(/^[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}$/)
        expect(encodeKeyValue(a) === encodeKeyValue(b)).toBe(a === b)
      }),
    )
  })

  it('distinguishes long values by a hash', () => {
    const long = 'x'.repeat(500)
    expect(encodeKeyValue(`${long}1`)).not.toBe(encodeKeyValue(`${long}2`))
    expect(encodeKeyValue(long).length).toBeLessThanOrEqual(128)
  })
})

describe('checkObjectKey', () => {
  it('counts bytes of UTF-8, 1 to 1 023', () => {
    expect(() => checkObjectKey('目'.repeat(341))).not.toThrow()
    expect(() => checkObjectKey(`${'目'.repeat(341)}x`)).toThrow(
      expect.objectContaining({ code: 'OBJECT_KEY' }),
    )
    expect(() => checkObjectKey('')).toThrow(expect.objectContaining({ code: 'OBJECT_KEY' }))
  })
})
