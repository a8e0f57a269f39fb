import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildCanonicalHeaders,
  buildCanonicalQuery,
  buildCanonicalRequest,
  buildCanonicalUri,
  buildSignedQuery,
} from '../../src/protocol/canonical.ts'

describe('canonical URI', () => {
  it('always has the bucket, and keeps slashes', () => {
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

describe('canonical query of a presigned URL', () => {
  const signatureParameters = {
    'x-oss-additional-headers': 'content-length;host',
    'x-oss-credential': 'ak/20260102/cn-hangzhou/oss/aliyun_v4_request',
    'x-oss-security-token': 'a+b/c=',
  }
  const encoded = buildCanonicalQuery(signatureParameters)
  const name = fc.oneof(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 5 })
      .filter((text) => text.isWellFormed()),
    fc.constantFrom('callback', 'callback-var', 'uploadId', 'x', 'x-oss-process', 'xyz', 'z', '目'),
  )

  it('is the same as that of all parameters, whatever their names', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (query) => {
        expect(buildSignedQuery(query, encoded)).toBe(
          buildCanonicalQuery({ ...query, ...signatureParameters }),
        )
      }),
    )
  })
})

describe('canonical headers', () => {
  it('contain content-type, content-md5 and x-oss-* in any case, with values trimmed', () => {
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

  it('join a header given in two spellings', () => {
    expect(buildCanonicalHeaders({ 'x-oss-a': '1', 'X-OSS-A': '2' }).text).toBe('x-oss-a:1,2\n')
  })

  it('list additional headers once, sorted, without those that are always signed', () => {
    const headers = { Host: 'h', 'Content-Length': '3', 'x-oss-a': '1' }
    expect(
      buildCanonicalHeaders(headers, ['host', 'content-length', 'Host', 'x-oss-a', 'content-md5']),
    ).toEqual({
      text: 'content-length:3\nhost:h\nx-oss-a:1\n',
      additional: 'content-length;host',
    })
  })

  it('refuse an additional header without a value, so that no size seems signed that is not', () => {
    expect(() => buildCanonicalHeaders({}, ['content-length'])).toThrow(
      expect.objectContaining({ code: 'HEADER' }),
    )
    expect(() => buildCanonicalHeaders({ a: '1' }, ['constructor'])).toThrow(
      expect.objectContaining({ code: 'HEADER' }),
    )
  })

  it.each([{ 'a b': '1' }, { 'x-oss-a': '1\r\nx-oss-b: 2' }, { 'x-oss-a': 'a\0' }, { '': '1' }])(
    'refuse what no request can contain: %j',
    (headers) => {
      expect(() => buildCanonicalHeaders(headers as Record<string, string>)).toThrow(
        expect.objectContaining({ code: 'HEADER' }),
      )
    },
  )
})

it('has a blank line where no header is signed', () => {
  expect(buildCanonicalRequest({ method: 'GET', bucket: 'b', key: 'k', query: { acl: '' } })).toBe(
    'GET\n/b/k\nacl\n\n\nUNSIGNED-PAYLOAD',
  )
})
