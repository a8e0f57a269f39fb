import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePath } from '../../src/protocol/bytes.ts'
import {
  buildObjectKey,
  checkObjectKey,
  encodeKeyValue,
  parseKeyTemplate,
} from '../../src/protocol/object-key.ts'

const ID = 'AbCdEfGhIjKlMnOpQrSt-_'

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
    'a/{ext}',
    'a/.{ext}',
    'a/..{ext}',
    'a-{ext}',
    '{sub}{ext}',
    '{sub}.{ext}{profile}',
    '{sub}{profile}',
    '{sub}-{profile}',
    '{sub}_{id}_{profile}',
    '{profile}{yyyy}{sub}',
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
    id: ID,
    ext: 'png',
  }

  it('fills every placeholder', () => {
    expect(buildObjectKey(template, values)).toBe(`照片/avatar/2026-01-02/42/${ID}.png`)
  })

  it('omits the dot when there is no extension', () => {
    expect(buildObjectKey(template, { ...values, ext: '' })).toBe(`照片/avatar/2026-01-02/42/${ID}`)
  })

  it.each([
    { id: 'AbC' },
    { id: `${ID}A` },
    { id: 'AbCdEfGhIjKlMnOpQrSt/.' },
    { yyyy: '26' },
    { mm: '1' },
    { dd: '0x' },
    { sub: '\ud800' },
  ])('refuses the value %j', (wrong) => {
    expect(() => buildObjectKey(template, { ...values, ...wrong })).toThrow(
      expect.objectContaining({ code: 'OBJECT_KEY' }),
    )
  })

  it('refuses a missing or empty value', () => {
    expect(() => buildObjectKey(template, { ...values, sub: '' })).toThrow('{sub}')
  })

  it.each([
    ['../../etc', '~2e~2e~2f~2e~2e~2fetc'],
    ['..', '~2e~2e'],
    ['.hidden', '~2ehidden'],
    ['auth0|12', 'auth0~7c12'],
    ['a@b.example', 'a~40b~2eexample'],
    ['张三', '~e5~bc~a0~e4~b8~89'],
    ['a%2Fb', 'a~252Fb'],
    ['a~b', 'a~7eb'],
    ['\u202Egnp', '~e2~80~aegnp'],
  ])('makes %j safe inside one segment: %s', (sub, safe) => {
    expect(buildObjectKey(parseKeyTemplate('u/{sub}/{id}'), { sub, id: ID })).toBe(
      `u/${safe}/${ID}`,
    )
  })

  it('encodes different values differently, and only with safe characters', () => {
    const value = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .filter((text) => text.isWellFormed())
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(encodeKeyValue(a)).toMatch(/^[A-Za-z0-9_~-]{1,128}$/)
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

describe('different values', () => {
  /** `constructor` and the claims of that name: members of every object must not get in. */
  const own = ['tenant', 'constructor']
  const names = [
    ...(['sub', 'id', 'ext', 'profile', 'yyyy', 'mm', 'dd'] as const),
    ...(['tenant', 'constructor', 'claim.org', 'claim.constructor'] as const),
  ]
  const literal = fc.oneof(
    fc.constantFrom(
      '',
      '/',
      '.',
      '-',
      '-',
      '_',
      '_',
      '~',
      '~2e',
      'png',
      '.png',
      'a',
      '%2F',
      '照',
      '..',
      '@',
    ),
    fc.string({ unit: fc.constantFrom(...'/.-_~ax9%@照'), maxLength: 4 }),
  )
  const template = fc
    .tuple(
      literal,
      fc.array(fc.tuple(fc.constantFrom(...names), literal), { minLength: 1, maxLength: 5 }),
    )
    .map(([first, rest]) => first + rest.map(([name, text]) => `{${name}}${text}`).join(''))
  const accepted = template.filter((text) => {
    try {
      return parseKeyTemplate(text, own).pieces.length > 1
    } catch {
      return false
    }
  })
  /** Built of what templates and encodings are built of, so that keys meet if they can. */
  const subject = fc.oneof(
    fc
      .array(fc.constantFrom('a', '-', 'carol', '9', '.png'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('')),
    fc
      .array(
        fc.constantFrom(
          ...['carol', '.png', 'png', '.', '..', '/', '%2F', '~', '~2e', '~~', '-', '_', 'a', '9'],
          ...['\u00e9', 'e\u0301', '照', '@', ' ', '\0', 'x'.repeat(120), ID, '2026', '01'],
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((parts) => parts.join('')),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((text) => text.isWellFormed()),
  )
  const POOLS: Record<(typeof names)[number], string[]> = {
    sub: [
      'a',
      'aa',
      'a-',
      '-a',
      'a-a',
      '.a',
      'a.',
      'a.a',
      'png',
      'a.png',
      `a${ID}`,
      '2026a',
      'a~2e',
    ],
    id: [ID, 'a'.repeat(22)],
    ext: ['', 'a', 'png'],
    profile: ['a', '-', 'a-', '-a', 'aa', 'a-a', 'png'],
    yyyy: ['2026'],
    mm: ['01', '20'],
    dd: ['01'],
    tenant: ['a', 'a-', '-a', 'a.png', '照'],
    constructor: ['a', '-a'],
    'claim.org': ['a', 'a-', '-a', '1', '/'],
    'claim.constructor': ['a', 'a.'],
  }

  /** Every combination of the pools' values for the names. */
  function combine(pools: Record<string, string[]>, used: readonly string[]) {
    return used.reduce<Record<string, string>[]>(
      (rows, name) =>
        rows.flatMap((row) => (pools[name] ?? []).map((value) => ({ ...row, [name]: value }))),
      [{}],
    )
  }

  it('never give one key, whatever template the parser accepts', () => {
    const subjects = fc.uniqueArray(subject, { minLength: 1, maxLength: 12, size: 'max' })
    fc.assert(
      fc.property(accepted, subjects, (text, more) => {
        const parsed = parseKeyTemplate(text, own)
        const used = names.filter((name) => text.includes(`{${name}}`))
        const pools = { ...POOLS, sub: [...new Set([...POOLS.sub, ...more])] }
        const byKey = new Map<string, object>()
        for (const values of combine(pools, used)) {
          const key = buildObjectKey(parsed, values)
          if (byKey.has(key)) expect(values, `${text}: ${key}`).toEqual(byKey.get(key))
          byKey.set(key, values)
        }
        // No segment that a URL parser would remove.
        for (const key of byKey.keys()) {
          const path = `/${encodePath(key)}`
          if (new URL(`https://h${path}`).pathname !== path) expect.fail(path)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('of a subject with an extension and a subject without give different keys', () => {
    const parsed = parseKeyTemplate('avatars/{sub}.{ext}')
    expect(buildObjectKey(parsed, { sub: 'carol.png', ext: '' })).toBe('avatars/carol~2epng')
    expect(buildObjectKey(parsed, { sub: 'carol', ext: 'png' })).toBe('avatars/carol.png')
  })
})

describe('placeholders of claims and of the application', () => {
  it('take any claim by its name, and only names that are declared', () => {
    const template = 'u/{claim.https://example.com/tenant}/{tenant}/{id}'
    expect(parseKeyTemplate(template, ['tenant']).pieces).toEqual([
      'u/',
      'claim.https://example.com/tenant',
      '/',
      'tenant',
      '/',
      'id',
      '',
    ])
    expect(() => parseKeyTemplate(template)).toThrow('no placeholder {tenant}')
    expect(() => parseKeyTemplate('{claim.}/{id}')).toThrow('no placeholder {claim.}')
    expect(() => parseKeyTemplate('{claim.a}{sub}/{id}')).toThrow('separator')
  })

  it('need their value: nothing is inherited', () => {
    for (const name of ['constructor', 'toString']) {
      const template = parseKeyTemplate(`{${name}}/{id}`, [name])
      expect(() => buildObjectKey(template, { id: ID })).toThrow(`a value for {${name}}`)
    }
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
