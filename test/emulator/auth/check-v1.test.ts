/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header */
import { describe, expect, it } from 'vitest'
import { createAccessKeys } from '../../../src/emulator/auth/access-keys.ts'
import {
  authenticateV1Header,
  authenticateV1Url,
  computeV1,
  readStringToSignV1,
} from '../../../src/emulator/auth/check-v1.ts'
import type { SignedRequest } from '../../../src/emulator/auth/check-v4.ts'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import { catchOss, KEY, NOW } from '../emulator-with-client.ts'

const keys = createAccessKeys([KEY])
const context = { keys, now: NOW }
const DATE = NOW.toUTCString()
const SECONDS = NOW.getTime() / 1000

function signed(headers: Record<string, string> = { date: DATE }, search = ''): SignedRequest {
  return { method: 'PUT', bucket: 'b', key: 'a/+ ü', headers, query: parseQuery(search).pairs }
}

const authorize = (request: SignedRequest, date = DATE) =>
  `OSS ak:${computeV1(KEY.accessKeySecret, readStringToSignV1(request, date))}`

describe('V1 in the header', () => {
  it('signs the raw key, OSS headers by name, and the known sub-resources by name', () => {
    const headers = {
      date: DATE,
      'x-oss-b': ' 2 ',
      'x-oss-a': '1',
      'content-type': 'a/b',
      host: 'h',
    }
    const request = signed(
      headers,
      'callback-var=v&callback=c%2B&uploads&prefix=p&x-oss-process=style&callback=second',
    )
    expect(readStringToSignV1(request, DATE)).toBe(
      `PUT\n\na/b\n${DATE}\nx-oss-a:1\nx-oss-b:2\n/b/a/+ ü?callback=c+&callback-var=v&uploads&x-oss-process=style`,
    )
  })

  it('takes the date from x-oss-date when there is one', () => {
    const request = signed({ date: 'ignored', 'x-oss-date': DATE })
    const caller = authenticateV1Header(request, authorize(request), context)
    expect(caller).toMatchObject({ kind: 'key', via: 'header' })
  })

  it.each([
    ['a torn header', 'OSS ak', { date: DATE }, 'InvalidArgument', undefined],
    ['an unknown key', 'OSS other:c2ln', { date: DATE }, 'InvalidAccessKeyId', '0002-00000902'],
    ['no date', 'OSS ak:c2ln', {}, 'AccessDenied', undefined],
    ['a date that is none', 'OSS ak:c2ln', { date: 'soon' }, 'AccessDenied', undefined],
    [
      'an old date',
      'OSS ak:c2ln',
      { date: 'Wed, 02 Jan 2030 02:49:04 GMT' },
      'RequestTimeTooSkewed',
      '0002-00000504',
    ],
    ['another signature', 'OSS ak:c2ln', { date: DATE }, 'SignatureDoesNotMatch', '0002-00000040'],
  ])('with %s is refused', (_, authorization, headers, code, ec) => {
    const request = signed(headers as Record<string, string>)
    expect(catchOss(() => authenticateV1Header(request, authorization, context))).toMatchObject({
      code,
      ec,
    })
  })

  it('that does not match shows the text and its bytes', () => {
    const { extras } = catchOss(() => authenticateV1Header(signed(), 'OSS ak:c2ln', context))
    expect(extras).toMatchObject({ OSSAccessKeyId: 'ak', SignatureProvided: 'c2ln' })
    expect(extras.StringToSign).toBe(`PUT\n\n\n${DATE}\n/b/a/+ ü`)
    expect(extras.StringToSignBytes).toMatch(/^50 55 54 0A /)
    expect(extras).not.toHaveProperty('CanonicalRequest')
  })
})

describe('V1 in the URL', () => {
  const url = (parameters: Record<string, string>) => {
    const search = new URLSearchParams(parameters).toString()
    const request = signed({}, search)
    return () => authenticateV1Url(request, parseQuery(search), context)
  }
  const expires = String(SECONDS + 60)
  const signature = computeV1('sk', readStringToSignV1(signed({}), expires))
  const good = { OSSAccessKeyId: 'ak', Expires: expires, Signature: signature }

  it('is good until its second', () => {
    expect(url(good)()).toMatchObject({ kind: 'key', via: 'url' })
  })

  it.each([
    ['no Expires', { OSSAccessKeyId: 'ak', Signature: 's' }, 'AccessDenied', '0002-00000067'],
    ['a blank Expires', { ...good, Expires: '' }, 'AccessDenied', '0002-00000068'],
    ['no key', { Expires: expires, Signature: 's' }, 'AccessDenied', undefined],
    ['no signature', { Expires: expires, OSSAccessKeyId: 'ak' }, 'AccessDenied', undefined],
    ['a date as Expires', { ...good, Expires: DATE }, 'AccessDenied', '0002-00000070'],
    [
      'an end in the past, whatever the signature',
      { ...good, Expires: String(SECONDS - 1) },
      'AccessDenied',
      '0002-00000069',
    ],
    [
      'a later end',
      { ...good, Expires: String(SECONDS + 61) },
      'SignatureDoesNotMatch',
      '0002-00000040',
    ],
    ['another sub-resource', { ...good, callback: 'x' }, 'SignatureDoesNotMatch', '0002-00000040'],
  ])('with %s is refused', (_, parameters, code, ec) => {
    expect(catchOss(url(parameters as Record<string, string>))).toMatchObject({ code, ec })
  })

  it('lets parameters pass that V1 does not sign', () => {
    expect(url({ ...good, prefix: 'x', 'max-parts': '1' })()).toMatchObject({ kind: 'key' })
  })

  it('wants the token in the query', () => {
    const search = new URLSearchParams(good).toString()
    const request = signed({ 'x-oss-security-token': 't' }, search)
    const run = () => authenticateV1Url(request, parseQuery(search), context)
    expect(catchOss(run).code).toBe('InvalidRequest')
  })
})
