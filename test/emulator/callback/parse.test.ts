/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
import { describe, expect, it } from 'vitest'
import { parseCallback, parseCallbackVar } from '../../../src/emulator/callback/parse.ts'
import { toBase64 } from '../../../src/protocol/bytes.ts'
import vectors from '../../vectors/callback-verify.json' with { type: 'json' }
import { catchOss } from '../emulator-with-client.ts'

const GOOD = { callbackUrl: 'http://cb.example.com/a?b=1', callbackBody: 'object=${object}' }
const encode = (value: unknown) =>
  toBase64(typeof value === 'string' ? value : JSON.stringify(value))
const parse = (value: unknown, vars?: string | Record<string, string>, allowPrivate = false) =>
  parseCallback(encode(value), vars, { allowPrivate })
const sized = (length: number) => {
  const text = encode({ ...GOOD, pad: '' })
  const pad = 'x'.repeat(((length - text.length) / 4) * 3)
  return encode({ ...GOOD, pad })
}

describe('callback', () => {
  it('reads what the manual lists', () => {
    expect(
      parse({
        ...GOOD,
        callbackHost: 'h.example:8080',
        callbackBodyType: 'application/json',
        callbackSNI: true,
      }),
    ).toMatchObject({
      urls: [{ host: 'cb.example.com', port: 80, path: '/a', query: '?b=1', secure: false }],
      host: 'h.example:8080',
      bodyType: 'application/json',
      sni: true,
    })
    expect(parse(GOOD)).toMatchObject({ bodyType: 'application/x-www-form-urlencoded', sni: false })
  })

  it('takes up to five URLs, with or without scheme, and keeps their encoding', () => {
    const callbackUrl =
      '121.101.166.30/test.php;https://a.example/%E4%B8%AD?x=%3B;http://b:81;http://c/;d.example'
    const { urls } = parse({ ...GOOD, callbackUrl })
    expect(urls.map(({ url }) => url)).toEqual([
      'http://121.101.166.30/test.php',
      'https://a.example/%E4%B8%AD?x=%3B',
      'http://b:81/',
      'http://c/',
      'http://d.example/',
    ])
    expect(urls.map(({ port }) => port)).toEqual([80, 443, 81, 80, 80])
  })

  it.each<[string, unknown, string | undefined]>([
    ['no JSON', '{', '0007-00000003'],
    ['a list', [], '0007-00000003'],
    ['null', null, '0007-00000003'],
    ['no URL', { callbackBody: 'a' }, '0007-00000004'],
    ['an empty URL', { ...GOOD, callbackUrl: '' }, '0007-00000004'],
    ['a list of URLs', { ...GOOD, callbackUrl: ['http://a'] }, '0007-00000004'],
    ['another scheme', { ...GOOD, callbackUrl: 'ftp://a.example/' }, '0007-00000004'],
    ['user-info', { ...GOOD, callbackUrl: 'http://u:p@a.example/' }, '0007-00000004'],
    ['an IPv6 literal', { ...GOOD, callbackUrl: 'http://[2001:db8::1]/' }, '0007-00000004'],
    ['a raw space', { ...GOOD, callbackUrl: 'http://a.example/x y' }, '0007-00000004'],
    ['raw Chinese', { ...GOOD, callbackUrl: 'http://a.example/中' }, '0007-00000004'],
    ['six URLs', { ...GOOD, callbackUrl: 'a;b;c;d;e;f' }, '0007-00000005'],
    ['loopback', { ...GOOD, callbackUrl: 'http://127.0.0.1:9/' }, '0007-00000008'],
    ['loopback in decimal', { ...GOOD, callbackUrl: 'http://2130706433/' }, '0007-00000008'],
    [
      'a private network',
      { ...GOOD, callbackUrl: 'http://a.example;http://10.1.2.3' },
      '0007-00000008',
    ],
    ['localhost', { ...GOOD, callbackUrl: 'http://localhost/' }, '0007-00000008'],
    ['a host that is no host', { ...GOOD, callbackHost: 'a b' }, '0007-00000009'],
    ['a host that is no text', { ...GOOD, callbackHost: 1 }, '0007-00000009'],
    ['no body', { callbackUrl: GOOD.callbackUrl }, '0007-00000010'],
    ['an empty body', { ...GOOD, callbackBody: '' }, '0007-00000011'],
    ['a body type that is no text', { ...GOOD, callbackBodyType: 1 }, '0007-00000012'],
    ['another body type', { ...GOOD, callbackBodyType: 'text/plain' }, '0007-00000013'],
    [
      'additional headers of OSS',
      { ...GOOD, additionalHeaders: { 'X-OSS-a': '1' } },
      '0007-00000026',
    ],
    ['SNI as text', { ...GOOD, callbackSNI: 'true' }, undefined],
    ['signature version 2.0', { ...GOOD, signatureVersion: '2.0' }, undefined],
  ])('refuses %s', (_, value, ec) => {
    const error = catchOss(() => parse(value))
    expect(error).toMatchObject({ code: 'InvalidArgument', status: 400, ec })
    expect(error.extras.ArgumentName).toBe('callback')
  })

  it('refuses a stray dollar and echoes the body', () => {
    const error = catchOss(() => parse({ ...GOOD, callbackBody: 'cost=$5&a=${object}' }))
    expect(error).toMatchObject({
      message: 'Left brace must be adjacent to dollar sign.',
      ec: '0007-00000105',
      extras: { ArgumentName: 'ReplaceKeyPrefix', ArgumentValue: 'cost=$5&a=${object}' },
    })
    expect(catchOss(() => parse({ ...GOOD, callbackBody: 'a=${object' })).code).toBe(
      'InvalidArgument',
    )
  })

  it('refuses what is not standard Base64', () => {
    for (const text of ['', 'a', 'a-_b', 'YQ=', ' YQ==']) {
      const run = () => parseCallback(text, undefined, { allowPrivate: false })
      expect(catchOss(run).code).toBe('InvalidArgument')
    }
  })

  it('takes 5120 characters of Base64 and no more', () => {
    expect(sized(5120)).toHaveLength(5120)
    parseCallback(sized(5120), undefined, { allowPrivate: false })
    const run = () => parseCallback(`${sized(5120)}A`, undefined, { allowPrivate: false })
    expect(catchOss(run)).toMatchObject({ ec: '0007-00000001' })
  })

  it('lets private addresses pass when told so', () => {
    expect(
      parse({ ...GOOD, callbackUrl: 'http://127.0.0.1:9/' }, undefined, true).urls,
    ).toHaveLength(1)
  })
})

describe('callback-var', () => {
  it('is a flat map of lower-case x: names', () => {
    expect(parse(GOOD, encode({ 'x:a': '1', 'x:ü': '' })).vars).toEqual({ 'x:a': '1', 'x:ü': '' })
    expect(parse(GOOD, { 'x:a': 'raw' }).vars).toEqual({ 'x:a': 'raw' })
  })

  it.each<[string, unknown, string]>([
    ['no JSON', '{', '0007-00000103'],
    ['a list', [], '0007-00000103'],
    ['a number', { 'x:a': 1 }, '0007-00000104'],
    ['a nested object', { 'x:a': {} }, '0007-00000104'],
    ['a number under a name without x:', { a: 1 }, '0007-00000104'],
    ['an x: without a name', { 'x:': '1' }, '0007-00000104'],
    ['an upper-case name', { 'x:A': '1' }, '0007-00000104'],
  ])('refuses %s', (_, value, ec) => {
    expect(catchOss(() => parseCallbackVar(encode(value), 'ignore'))).toMatchObject({
      code: 'InvalidArgument',
      ec,
      extras: { ArgumentName: 'callback-var' },
    })
  })

  it('may have names without x:, which count for nothing, or are refused where that is set', () => {
    const text = encode({ callbackUrl: 'http://a.example.com', 'x:a': '1' })
    expect(parse(GOOD, text).vars).toEqual({ 'x:a': '1' })
    expect(catchOss(() => parseCallbackVar(text, 'refuse')).ec).toBe('0007-00000104')
  })

  it('has limits and an encoding of its own', () => {
    expect(catchOss(() => parseCallbackVar('A'.repeat(5121), 'ignore')).ec).toBe('0007-00000101')
    expect(catchOss(() => parseCallbackVar('%', 'ignore')).ec).toBe('0007-00000102')
  })
})

describe('callbacks of the vectors', () => {
  it('all have a URL that this grammar can name', () => {
    for (const { input } of vectors) {
      const { urls } = parse({ ...GOOD, callbackUrl: `http://cb.example.com${input.url}` })
      expect(`${urls[0]?.path}${urls[0]?.query}`).toBe(input.url)
    }
  })
})
