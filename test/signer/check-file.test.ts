import { expect, it } from 'vitest'
import { checkSize, checkType } from '../../src/signer/check-file.ts'
import { parseMediaType } from '../../src/signer/media-type.ts'
import { codeOf, createProfile } from '../support/samples.ts'

it.each([
  [
    'text/plain',
    ['image/*', 'application/pdf'],
    'The type of this file is text/plain; the profile sample allows image/*, application/pdf.',
  ],
  ['', ['image/*'], 'Nothing tells the type of this file; the profile sample allows image/*.'],
  [
    'text/html',
    ['*'],
    'The type of this file is text/html; browsers run such files, so that the profile sample must name the type exactly.',
  ],
  ['text/plain', Array.from({ length: 12 }, (_, at) => `image/x-${at}`), 'image/x-9 and 2 more.'],
])(
  'a refusal names the type that was seen and those that are allowed: %j, %j',
  (type, types, text) => {
    const check = () => checkType(createProfile({ types }), type, parseMediaType(type))
    expect(codeOf(check)).toBe('TYPE_REFUSED')
    expect(check).toThrow(text)
  },
)

it('an allowed type passes', () => {
  checkType(createProfile({ types: ['image/*'] }), 'image/heic', parseMediaType('image/heic'))
})

it.each([
  [6, { maxSize: 1 }, 'The file has 6 bytes; the limit is 1 byte.'],
  [1, { minSize: 6 }, 'The file has 1 byte; it must have at least 6 bytes.'],
  [6_000_000, { maxSize: 5_000_000 }, 'The file has 6 MB; the limit is 5 MB.'],
  [
    5_000_001,
    { maxSize: 5_000_000 },
    'The file has 5,000,001 bytes; the limit is 5,000,000 bytes.',
  ],
])('a refusal of %i bytes by %o names both sizes', (size, profile, text) => {
  expect(() => checkSize(createProfile(profile), size)).toThrow(text)
})

it('exactly the limit passes', () => {
  checkSize(createProfile({ minSize: 10, maxSize: 10 }), 10)
})
