/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4 */
import { describe, expect, it } from 'vitest'
import {
  checkRegion,
  checkSkew,
  checkUrlWindow,
  parseAdditionalHeaders,
  parseBasicTime,
  parseCredential,
  printBytes,
  readCanonicalRequest,
} from '../../../src/emulator/auth/check-v4.ts'
import { catchOss, NOW } from '../emulator-with-client.ts'

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)

describe('the pieces of V4', () => {
  it('reads a credential, or nothing', () => {
    const scope = { accessKeyId: 'ak', date: '20300102', region: 'cn-hangzhou', product: 'oss' }
    expect(parseCredential('ak/20300102/cn-hangzhou/oss/aliyun_v4_request')).toEqual(scope)
    for (const text of [
      '',
      'ak',
      'ak/20300102/cn-hangzhou/oss',
      'ak/20300102/cn-hangzhou/oss/aws4_request',
      'ak/20300102/cn-hangzhou/s3/aliyun_v4_request',
      'ak/2030010/cn-hangzhou/oss/aliyun_v4_request',
      '/20300102/cn-hangzhou/oss/aliyun_v4_request',
      'ak/20300102//oss/aliyun_v4_request',
      'ak/20300102/cn-hangzhou/oss/aliyun_v4_request/',
    ]) {
      expect(parseCredential(text), text).toBeUndefined()
    }
  })

  it('reads a basic time, or nothing', () => {
    expect(parseBasicTime('20300102T030405Z')).toEqual(NOW)
    for (const text of [
      '20300102T030405',
      '2030-01-02T03:04:05Z',
      '20301302T030405Z',
      '20300230T030405Z',
      '20300102T250405Z',
    ]) {
      expect(parseBasicTime(text), text).toBeUndefined()
    }
  })

  it('drops additional headers that are signed anyway', () => {
    expect(parseAdditionalHeaders('Host;content-length;content-type;x-oss-a; host')).toEqual([
      'content-length',
      'host',
    ])
  })

  it('sorts the query by encoded name and leaves the equals sign out for empty values', () => {
    const request = {
      method: 'PUT',
      bucket: 'b',
      key: 'a/+ ü',
      headers: { 'x-oss-b': ' 2 ', 'content-type': 'a/b', accept: '*/*', host: 'h' },
      query: [
        ['b', ''],
        ['|', '1'],
        ['a-b', ''],
        ['a', '/ +'],
        ['x-oss-signature', 's'],
      ] as [string, string][],
    }
    expect(readCanonicalRequest(request, ['host'])).toBe(
      'PUT\n/b/a/%2B%20%C3%BC\n%7C=1&a=%2F%20%2B&a-b&b\ncontent-type:a/b\nhost:h\nx-oss-b:2\n\nhost\nUNSIGNED-PAYLOAD',
    )
  })

  it('prints bytes as OSS does', () => {
    expect(printBytes('Aü\n')).toBe('41 C3 BC 0A ')
  })
})

describe('the clock', () => {
  it('may be 15 minutes off, not more', () => {
    checkSkew(at(900), NOW)
    checkSkew(at(-900), NOW)
    for (const seconds of [901, -901]) {
      expect(catchOss(() => checkSkew(at(seconds), NOW))).toMatchObject({
        code: 'RequestTimeTooSkewed',
        ec: '0002-00000504',
        extras: {
          MaxAllowedSkewMilliseconds: '900000',
          RequestTime: at(seconds).toISOString(),
          ServerTime: NOW.toISOString(),
        },
      })
    }
  })

  it('opens and closes the window of a URL', () => {
    checkUrlWindow(at(-60), '60', false, NOW)
    checkUrlWindow(at(900), '1', false, NOW)
    expect(catchOss(() => checkUrlWindow(at(-61), '60', false, NOW))).toMatchObject({
      code: 'AccessDenied',
      message: 'Request has expired.',
      ec: '0002-00000236',
    })
    expect(catchOss(() => checkUrlWindow(at(901), '60', false, NOW)).code).toBe(
      'RequestTimeTooSkewed',
    )
  })

  it('wants a life of 1 to 604800 seconds, of 43200 with a token', () => {
    checkUrlWindow(NOW, '604800', false, NOW)
    checkUrlWindow(NOW, '43200', true, NOW)
    for (const [expires, hasToken] of [
      ['0', false],
      ['604801', false],
      ['43201', true],
      ['', false],
      ['-1', false],
      ['1.5', false],
      ['1e3', false],
    ] as const) {
      expect(catchOss(() => checkUrlWindow(NOW, expires, hasToken, NOW))).toMatchObject({
        ec: '0002-00000232',
      })
    }
  })
})

describe('the region', () => {
  it('must be the bucket’s own', () => {
    const scope = { accessKeyId: 'ak', date: '20300102', region: 'cn-beijing', product: 'oss' }
    checkRegion(scope, 'cn-beijing')
    checkRegion(scope, undefined)
    expect(catchOss(() => checkRegion(scope, 'cn-hangzhou'))).toMatchObject({
      code: 'InvalidArgument',
      ec: '0002-00000226',
      message: 'Invalid signing region in Authorization header.',
    })
  })
})
