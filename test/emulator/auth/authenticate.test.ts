import { describe, expect, it } from 'vitest'
import { createAccessKeys } from '../../../src/emulator/auth/access-keys.ts'
import { authenticate } from '../../../src/emulator/auth/authenticate.ts'
import type { SignedRequest } from '../../../src/emulator/auth/check-v4.ts'
import { defaultUnconfirmed, type Unconfirmed } from '../../../src/emulator/behavior/unconfirmed.ts'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import { presign, signRequest } from '../../../src/protocol/index.ts'
import { BUCKET, catchOss, KEY, NOW, REGION } from '../emulator-with-client.ts'

const STS = { accessKeyId: 'STS.a', accessKeySecret: 's', securityToken: 'token' }
const keys = createAccessKeys([KEY, { ...STS, expiresAt: new Date(NOW.getTime() + 1000) }])

function check(
  request: { method: string; headers: Record<string, string>; key?: string },
  search = '',
  more: { now?: Date; region?: string; unconfirmed?: Partial<Unconfirmed> } = {},
) {
  const query = parseQuery(search)
  const signed: SignedRequest = { bucket: BUCKET, key: 'a', ...request, query: query.pairs }
  return authenticate(signed, query, {
    keys,
    now: more.now ?? NOW,
    region: more.region ?? REGION,
    unconfirmed: { ...defaultUnconfirmed, ...more.unconfirmed },
  })
}

function signHeader(credentials = KEY, headers: Record<string, string> = {}) {
  const signed = signRequest(
    { method: 'PUT', bucket: BUCKET, key: 'a', region: REGION, headers },
    { credentials, now: NOW },
  )
  return Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

function signUrl(
  credentials = KEY,
  more: {
    query?: Record<string, string>
    headers?: Record<string, string>
    additionalHeaders?: string[]
  } = {},
) {
  const { url } = presign(
    { method: 'PUT', bucket: BUCKET, key: 'a', region: REGION, ...more },
    { credentials, now: NOW, expiresInSeconds: 60 },
  )
  return new URL(url).search.slice(1)
}

const PUT = { method: 'PUT', headers: {} }

describe('the way of signing', () => {
  it('is none, header or URL, never two', () => {
    expect(check(PUT)).toEqual({ kind: 'anonymous' })
    expect(check({ ...PUT, headers: signHeader() })).toMatchObject({ via: 'header' })
    expect(check(PUT, signUrl())).toMatchObject({ via: 'url' })
    const both = () => check({ ...PUT, headers: signHeader() }, signUrl())
    expect(catchOss(both)).toMatchObject({ code: 'InvalidArgument', status: 400 })
  })

  it('is of a known kind', () => {
    for (const authorization of ['Bearer x', 'AWS4-HMAC-SHA256 x', 'OSS2 x', '']) {
      expect(catchOss(() => check({ ...PUT, headers: { authorization } }))).toMatchObject({
        ec: '0002-00000002',
      })
    }
  })
})

describe('V4 in the header', () => {
  const good = signHeader()
  const authorization = good.authorization ?? ''

  it('may have spaces after its commas', () => {
    const spaced = authorization.replaceAll(',', ', ')
    expect(check({ ...PUT, headers: { ...good, authorization: spaced } })).toMatchObject({
      kind: 'key',
    })
  })

  it.each<[string, Record<string, string | undefined>, string, string]>([
    [
      'a torn header',
      { authorization: 'OSS4-HMAC-SHA256 Credential=ak' },
      'InvalidArgument',
      '0002-00000203',
    ],
    [
      'an empty signature',
      { authorization: authorization.replace(/=[0-9a-f]{64}$/, '=') },
      'InvalidArgument',
      '0002-00000208',
    ],
    [
      'another signature',
      { authorization: authorization.replace(/.$/, 'x') },
      'SignatureDoesNotMatch',
      '0002-00000201',
    ],
    ['no payload hash', { 'x-oss-content-sha256': undefined }, 'InvalidArgument', '0002-00000214'],
    ['another payload hash', { 'x-oss-content-sha256': 'abc' }, 'InvalidArgument', '0002-00000214'],
    ['no date', { 'x-oss-date': undefined }, 'InvalidArgument', '0002-00000223'],
    [
      'another day than the credential',
      { 'x-oss-date': '20300103T000000Z' },
      'InvalidArgument',
      '0002-00000223',
    ],
    [
      'an unknown key',
      { authorization: authorization.replace('=ak/', '=other/') },
      'InvalidAccessKeyId',
      '0002-00000902',
    ],
    [
      'an additional header that is not there',
      { authorization: authorization.replace(',Signature', ',AdditionalHeaders=range,Signature') },
      'InvalidArgument',
      '0002-00000078',
    ],
    [
      'a header of OSS that was not signed',
      { 'x-oss-meta-a': '1' },
      'SignatureDoesNotMatch',
      '0002-00000201',
    ],
    [
      'a content type that was not signed',
      { 'content-type': 'a/b' },
      'SignatureDoesNotMatch',
      '0002-00000201',
    ],
  ])('with %s is refused', (_, changes, code, ec) => {
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries({ ...good, ...changes })) {
      if (value !== undefined) headers[name] = value
    }
    expect(catchOss(() => check({ ...PUT, headers }))).toMatchObject({ code, ec })
  })

  it('is refused with another method, key, query or region', () => {
    expect(catchOss(() => check({ method: 'GET', headers: good })).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect(catchOss(() => check({ ...PUT, key: 'b', headers: good })).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect(catchOss(() => check({ ...PUT, headers: good }, 'acl')).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect(catchOss(() => check({ ...PUT, headers: good }, '', { region: 'cn-beijing' })).ec).toBe(
      '0002-00000226',
    )
  })

  it('is refused 15 minutes later', () => {
    const now = new Date(NOW.getTime() + 901_000)
    expect(catchOss(() => check({ ...PUT, headers: good }, '', { now })).code).toBe(
      'RequestTimeTooSkewed',
    )
  })

  it('that does not match is refused with the texts that the local OSS computed', () => {
    const headers = { ...good, 'x-oss-meta-a': '1' }
    const { extras } = catchOss(() => check({ ...PUT, headers }))
    expect(extras.CanonicalRequest).toContain('\nx-oss-meta-a:1\n')
    expect(extras.StringToSign).toMatch(
      /^OSS4-HMAC-SHA256\n20300102T030405Z\n20300102\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}$/,
    )
    expect(extras.StringToSignBytes).toMatch(/^4F 53 53 34 /)
    expect(extras).not.toHaveProperty('CanonicalRequestBytes')
    const unconfirmed = { canonicalRequestBytes: true }
    expect(catchOss(() => check({ ...PUT, headers }, '', { unconfirmed })).extras).toHaveProperty(
      'CanonicalRequestBytes',
    )
  })
})

describe('V4 in the URL', () => {
  it.each<[string, (search: string) => string, string, string | undefined]>([
    [
      'another version',
      (s) => s.replace('OSS4-HMAC', 'OSS5-HMAC'),
      'InvalidArgument',
      '0002-00000066',
    ],
    [
      'no signature',
      (s) => s.replace(/&?x-oss-signature=[^&]*/, ''),
      'InvalidArgument',
      '0002-00000219',
    ],
    [
      'an empty signature',
      (s) => s.replace(/x-oss-signature=[^&]*/, 'x-oss-signature='),
      'InvalidArgument',
      '0002-00000219',
    ],
    ['no credential', (s) => s.replace(/x-oss-credential=[^&]*/, ''), 'InvalidArgument', undefined],
    ['no date', (s) => s.replace(/x-oss-date=[^&]*/, ''), 'InvalidArgument', '0002-00000223'],
    [
      'a longer life',
      (s) => s.replace('expires=60', 'expires=61'),
      'SignatureDoesNotMatch',
      '0002-00000201',
    ],
    ['no life', (s) => s.replace(/x-oss-expires=[^&]*/, ''), 'InvalidArgument', '0002-00000232'],
    ['one parameter more', (s) => `${s}&x=1`, 'SignatureDoesNotMatch', '0002-00000201'],
    [
      'empty additional headers',
      (s) => `${s}&x-oss-additional-headers=`,
      'InvalidArgument',
      '0002-00000076',
    ],
    [
      'additional headers that are not there',
      (s) => `${s}&x-oss-additional-headers=range`,
      'InvalidArgument',
      '0002-00000078',
    ],
  ])('with %s is refused', (_, change, code, ec) => {
    expect(catchOss(() => check(PUT, change(signUrl())))).toMatchObject({ code, ec })
  })

  it('with an empty region is told which part of the credential is wrong', () => {
    const search = signUrl().replace('%2Fcn-hangzhou%2F', '%2F%2F')
    expect(catchOss(() => check(PUT, search))).toMatchObject({
      code: 'InvalidArgument',
      message: 'The signing region in credential is invalid.',
    })
  })

  it('signs any parameter, in any order, + and %20 alike', () => {
    const search = signUrl(KEY, { query: { callback: 'a+/=', 'a b': '' } })
    expect(check(PUT, search)).toMatchObject({ kind: 'key' })
    expect(check(PUT, search.split('&').reverse().join('&').replaceAll('%20', '+'))).toMatchObject({
      kind: 'key',
    })
  })

  it('binds additional headers to their values', () => {
    const more = {
      headers: { 'content-length': '3', host: 'h.example' },
      additionalHeaders: ['content-length', 'host'],
    }
    const search = signUrl(KEY, more)
    expect(check({ ...PUT, headers: more.headers }, search)).toMatchObject({ kind: 'key' })
    const other = { ...more.headers, 'content-length': '4' }
    expect(catchOss(() => check({ ...PUT, headers: other }, search)).code).toBe(
      'SignatureDoesNotMatch',
    )
  })

  it('refuses a header and a parameter of one name with two values', () => {
    const headers = { 'x-oss-expires': '61' }
    expect(catchOss(() => check({ ...PUT, headers }, signUrl())).code).toBe('InvalidArgument')
  })

  it('of a temporary key needs its token, alive', () => {
    const search = signUrl(STS)
    expect(check(PUT, search)).toMatchObject({ kind: 'key' })
    const now = new Date(NOW.getTime() + 2000)
    expect(catchOss(() => check(PUT, search, { now })).code).toBe('SecurityTokenExpired')
    const without = search.replace(/x-oss-security-token=[^&]*/, '')
    expect(catchOss(() => check(PUT, without)).code).toBe('InvalidAccessKeyId')
  })

  it('asks for a header called like something of every object without harm', () => {
    const search = `${signUrl()}&x-oss-additional-headers=constructor`
    expect(catchOss(() => check({ ...PUT, headers: Object.create(null) }, search)).ec).toBe(
      '0002-00000078',
    )
  })
})
