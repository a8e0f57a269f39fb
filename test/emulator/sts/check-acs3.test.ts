import { describe, expect, it } from 'vitest'
import { signAcs3 } from '../../../src/credentials/sign-acs3.ts'
import { createAccessKeys } from '../../../src/emulator/auth/access-keys.ts'
import { type Acs3Message, authenticateAcs3 } from '../../../src/emulator/sts/check-acs3.ts'
import type { Credentials } from '../../../src/protocol/signing-key.ts'
import { START } from '../../support/clock.ts'
import { codeOf } from '../../support/samples.ts'

const ak = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const sts = { accessKeyId: 'STS.a', accessKeySecret: 's', securityToken: 't/+=' }
const over = { ...sts, accessKeyId: 'STS.over', securityToken: 'old', expiresAt: START }
const keys = createAccessKeys([ak, sts, over])
const query = { RoleArn: 'acs:ram::1:role/a b', Policy: '{"a":["上海*"]}', Empty: '' }

function sign(credentials: Credentials = ak, now = START): Acs3Message {
  const call = { host: 'localhost:9000', action: 'AssumeRole', version: '2015-04-01', query }
  const { headers, method } = signAcs3(call, { credentials, now, nonce: 'n' })
  const all = { ...headers, host: call.host, accept: '*/*' }
  return { method, headers: all, query: Object.entries(query), body: new Uint8Array() }
}

const check = (message: Acs3Message) => codeOf(() => authenticateAcs3(message, keys, START))
const withHeaders = (changes: Record<string, string>) => {
  const message = sign()
  return { ...message, headers: { ...message.headers, ...changes } }
}

describe('a call signed by the service', () => {
  it('is that of its key, with a token or without', () => {
    expect(authenticateAcs3(sign(), keys, START)).toBe(keys.get('ak'))
    expect(authenticateAcs3(sign(sts), keys, START)).toBe(keys.get('STS.a'))
  })

  it('agrees with the example of the manual', () => {
    const example = createAccessKeys([
      { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' },
    ])
    const message = {
      method: 'POST',
      headers: {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        'x-acs-action': 'RunInstances',
        'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'x-acs-date': '2023-10-26T10:22:32Z',
        'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
        'x-acs-version': '2014-05-26',
        authorization:
          'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
      },
      query: [
        ['RegionId', 'cn-shanghai'],
        ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
      ] as const,
      body: new Uint8Array(),
    }
    const now = new Date('2023-10-26T10:22:32Z')
    expect(authenticateAcs3(message, example, now).accessKeyId).toBe('YourAccessKeyId')
  })

  it.each<[string, () => Acs3Message, string]>([
    ['another secret', () => sign({ ...ak, accessKeySecret: 'x' }), 'SignatureDoesNotMatch'],
    ['an unknown key', () => sign({ ...ak, accessKeyId: 'x' }), 'InvalidAccessKeyId.NotFound'],
    ['another token', () => sign({ ...sts, securityToken: 'x' }), 'InvalidSecurityToken.Malformed'],
    ['a token that ended', () => sign(over), 'InvalidSecurityToken.Expired'],
    [
      'a clock 16 min behind',
      () => sign(ak, new Date(START.getTime() - 960_000)),
      'InvalidTimeStamp.Expired',
    ],
    [
      'a clock 16 min ahead',
      () => sign(ak, new Date(START.getTime() + 960_000)),
      'InvalidTimeStamp.Expired',
    ],
    ['no time', () => withHeaders({ 'x-acs-date': 'now' }), 'InvalidTimeStamp.Expired'],
    ['no signature', () => withHeaders({ authorization: '' }), 'MissingSecurityToken'],
    ['another action', () => withHeaders({ 'x-acs-action': 'X' }), 'SignatureDoesNotMatch'],
    ['a header more', () => withHeaders({ 'x-acs-more': 'X' }), 'SignatureDoesNotMatch'],
    [
      'another parameter',
      () => ({ ...sign(), query: [['RoleArn', 'x']] }),
      'SignatureDoesNotMatch',
    ],
    ['another method', () => ({ ...sign(), method: 'GET' }), 'SignatureDoesNotMatch'],
    ['a body', () => ({ ...sign(), body: new Uint8Array(1) }), 'SignatureDoesNotMatch'],
  ])('is refused with %s', (_, make, code) => {
    expect(check(make())).toBe(code)
  })

  it('is refused with any header changed that is signed', () => {
    const { headers } = sign()
    for (const name of Object.keys(headers).filter((one) => /^(?:host|x-acs-)/.test(one))) {
      const changed = withHeaders({ [name]: `${headers[name]}0` })
      expect(check(changed), name).toBeDefined()
    }
  })
})
