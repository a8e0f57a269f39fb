import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildCanonicalHeaders,
  buildCanonicalQuery,
  buildCanonicalRequest,
  buildCanonicalUri,
} from '../../src/protocol/canonical.ts'

describe('canonical URI', () => {
  it('always carries the bucket, and keeps slashes', () => {
    expect(buildCanonicalUri('b', 'a b/c')).toBe('/b/a%20b/c')
    expect(buildCanonicalUri('b')).toBe('/b/')
    expect(buildCanonicalUri()).toBe('/')
  })
})

describe('canonical query', () => {
  it('sorts by name and not by name=value: callback before callback-var', () => {
    expect(buildCanonicalQuery({ 'callback-var': '1', callback: '2' })).toBe(
      'callback=2&callback-var=1',
    )
  })

  it('sorts by the encoded name in byte order', () => {
    expect(buildCanonicalQuery({ 目: '1', '|': '2', a: '3', Z: '4', '+': '5' })).toBe(
      '%2B=5&%7C=2&%E7%9B%AE=1&Z=4&a=3',
    )
  })

  it('writes a name alone when there is no value', () => {
    expect(buildCanonicalQuery({ uploads: '', acl: null, 'a b': 'x y' })).toBe(
      'a%20b=x%20y&acl&uploads',
    )
  })

  it('does not depend on the order of its parameters', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (query) => {
        const reversed = Object.fromEntries(Object.entries(query).reverse())
        expect(buildCanonicalQuery(reversed)).toBe(buildCanonicalQuery(query))
      }),
    )
  })
})

describe('canonical headers', () => {
  it('signs content-type, content-md5 and x-oss-*, whatever their case, and trims values', () => {
    expect(
      buildCanonicalHeaders({
        'X-Oss-B': ' 1 ',
        'x-oss-a-b': '2',
        'x-oss-a': '3',
        'Content-Type': 'x',
        Accept: '*',
      }),
    ).toEqual({ text: 'content-type:x\nx-oss-a:3\nx-oss-a-b:2\nx-oss-b:1\n', additional: '' })
  })

  it('joins one header given in two spellings', () => {
    expect(buildCanonicalHeaders({ 'x-oss-a': '1', 'X-OSS-A': '2' }).text).toBe('x-oss-a:1,2\n')
  })

  it('lists additional headers once, sorted, without those that are always signed', () => {
    const headers = { Host: 'h', 'Content-Length': '3', 'x-oss-a': '1' }
    expect(
      buildCanonicalHeaders(headers, ['host', 'content-length', 'Host', 'x-oss-a', 'content-md5']),
    ).toEqual({
      text: 'content-length:3\nhost:h\nx-oss-a:1\n',
      additional: 'content-length;host',
    })
  })

  it('refuses to sign a header that is not there: a size that is not bound must not look bound', () => {
    expect(() => buildCanonicalHeaders({}, ['content-length'])).toThrow(
      expect.objectContaining({ code: 'HEADER' }),
    )
    expect(() => buildCanonicalHeaders({ a: '1' }, ['constructor'])).toThrow(
      expect.objectContaining({ code: 'HEADER' }),
    )
  })

  it.each([{ 'a b': '1' }, { 'x-oss-a': '1\r\nx-oss-b: 2' }, { 'x-oss-a': 'a\0' }, { '': '1' }])(
    'refuses what no request can carry: %j',
    (headers) => {
      expect(() => buildCanonicalHeaders(headers as Record<string, string>)).toThrow(
        expect.objectContaining({ code: 'HEADER' }),
      )
    },
  )
})

it('leaves a blank line for headers that are not there', () => {
  expect(buildCanonicalRequest({ method: 'GET', bucket: 'b', key: 'k', query: { acl: '' } })).toBe(
    'GET\n/b/k\nacl\n\n\nUNSIGNED-PAYLOAD',
  )
})
