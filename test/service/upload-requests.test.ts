import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  confirmRequest,
  partsRequest,
  sessionRequest,
  uploadRequest,
} from '../../src/service/upload-requests.ts'

const FILE = { profile: 'any', name: 'a.txt', type: 'text/plain', size: 5 }

describe('the body of POST /uploads', () => {
  it.each([
    FILE,
    { ...FILE, size: 0 },
    { ...FILE, vars: { 'x-相册': '夏天' } },
    { ...FILE, method: 'multipart', partSize: 102_400 },
    { ...FILE, contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==', crc64: '18446744073709551615' },
  ])('is taken: %j', (body) => {
    expect(v.safeParse(uploadRequest, body)).toMatchObject({ success: true, output: body })
  })

  it.each([
    { ...FILE, size: -1 },
    { ...FILE, size: 0.5 },
    { ...FILE, size: '5' },
    { ...FILE, method: 'get' },
    { ...FILE, contentMd5: 'short' },
    { ...FILE, crc64: '007' },
    { ...FILE, vars: { a: 1 } },
    { ...FILE, vars: [] },
    { ...FILE, partSize: 0 },
    { ...FILE, key: 'chosen/by/the/page' },
    { profile: 'any' },
    [],
    null,
  ])('is refused: %j', (body) => {
    expect(v.safeParse(uploadRequest, body).success).toBe(false)
  })
})

describe('the bodies that name a session', () => {
  it('take at most 100 different parts', () => {
    const ask = (partNumbers: unknown) =>
      v.safeParse(partsRequest, { session: 's', partNumbers }).success
    const numbers = Array.from({ length: 100 }, (_, at) => at + 1)
    expect(ask(numbers)).toBe(true)
    for (const wrong of [[], [...numbers, 101], [1, 1], [0], [1.5], ['1'], 1]) {
      expect(ask(wrong)).toBe(false)
    }
  })

  it('leave out words that OSS does not have', () => {
    const reason = { code: 'CallbackFailed', ec: '0007-00000203', requestId: 'a b\n{"level"' }
    expect(v.parse(confirmRequest, { session: 's', reason }).reason).toEqual({
      code: 'CallbackFailed',
      ec: '0007-00000203',
      requestId: undefined,
    })
  })

  it('have no other field', () => {
    expect(v.safeParse(sessionRequest, { session: 's' }).success).toBe(true)
    expect(v.safeParse(sessionRequest, { session: 's', key: 'k' }).success).toBe(false)
  })
})
