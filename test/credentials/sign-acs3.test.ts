import { describe, expect, it } from 'vitest'
import {
  type Acs3Request,
  buildCanonicalQuery,
  buildCanonicalRequest,
  buildStringToSign,
  signAcs3,
  signText,
} from '../../src/credentials/sign-acs3.ts'

/**
 * The example with fixed parameters of the manual, all steps.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
const EXAMPLE: Acs3Request = {
  method: 'POST',
  host: 'ecs.cn-shanghai.aliyuncs.com',
  query: {
    RegionId: 'cn-shanghai',
    ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
  },
  headers: {
    'x-acs-version': '2014-05-26',
    'x-acs-action': 'RunInstances',
    'x-acs-date': '2023-10-26T10:22:32Z',
    'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    accept: 'application/json',
  },
}

const CANONICAL = `POST
/
ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai
host:ecs.cn-shanghai.aliyuncs.com
x-acs-action:RunInstances
x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
x-acs-date:2023-10-26T10:22:32Z
x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d
x-acs-version:2014-05-26

host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`

const STRING_TO_SIGN = `ACS3-HMAC-SHA256
7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259`

const SIGNATURE = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0'

describe('the example of the manual', () => {
  it('has its canonical request', () => {
    expect(buildCanonicalRequest(EXAMPLE)).toBe(CANONICAL)
  })

  it('has its string to sign', () => {
    expect(buildStringToSign(CANONICAL)).toBe(STRING_TO_SIGN)
  })

  it('has its signature', () => {
    expect(signText('YourAccessKeySecret', STRING_TO_SIGN)).toBe(SIGNATURE)
  })

  it('has its Authorization', () => {
    const { headers, method, target } = signAcs3(
      { host: EXAMPLE.host, action: 'RunInstances', version: '2014-05-26', query: EXAMPLE.query },
      {
        credentials: { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' },
        now: new Date('2023-10-26T10:22:32.999Z'),
        nonce: '3156853299f313e23d1673dc12e1703d',
      },
    )
    expect(headers.authorization).toBe(
      `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${SIGNATURE}`,
    )
    expect([method, target]).toEqual([
      'POST',
      '/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
    ])
  })
})

describe('a canonical query', () => {
  it.each<[Record<string, string>, string]>([
    [{}, ''],
    [{ b: '2', a: '1', B: '3' }, 'B=3&a=1&b=2'],
    [{ a: '' }, 'a='],
    [{ a: ' +*~()!\'"' }, 'a=%20%2B%2A~%28%29%21%27%22'],
    [{ 名: '上海' }, '%E5%90%8D=%E4%B8%8A%E6%B5%B7'],
    [{ Policy: '{"a":[1]}' }, 'Policy=%7B%22a%22%3A%5B1%5D%7D'],
  ])('of %j is %s', (query, text) => {
    expect(buildCanonicalQuery(query)).toBe(text)
  })
})

it('the security token of the signing credentials is sent and signed', () => {
  const credentials = { accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'token' }
  const call = { host: 'sts.aliyuncs.com', action: 'AssumeRole', version: '2015-04-01', query: {} }
  const { headers } = signAcs3(call, { credentials, now: new Date(0), nonce: 'n' })
  expect(headers['x-acs-security-token']).toBe('token')
  expect(headers.authorization).toContain(';x-acs-security-token;')
})
