/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/use-temporary-access-credentials-provided-by-sts-to-access-oss */
import { describe, expect, it } from 'vitest'
import {
  checkSessionPolicy,
  createAccessKeys,
  findAccessKey,
  type SessionPolicy,
} from '../../../src/emulator/auth/access-keys.ts'
import { catchOss, KEY, NOW } from '../emulator-with-client.ts'

const STS = { accessKeyId: 'STS.a', accessKeySecret: 's', securityToken: 't', expiresAt: NOW }
const OTHER = { accessKeyId: 'STS.b', accessKeySecret: 's', securityToken: 'u' }
const keys = createAccessKeys([KEY, STS, OTHER])
const before = new Date(NOW.getTime() - 1)

describe('access keys', () => {
  it('are found with their token, while it lives', () => {
    expect(findAccessKey(keys, 'ak', undefined, NOW)).toBe(KEY)
    expect(findAccessKey(keys, 'STS.a', 't', before)).toBe(STS)
    expect(findAccessKey(keys, 'STS.b', 'u', NOW)).toBe(OTHER)
  })

  it.each([
    ['nobody', undefined, 'InvalidAccessKeyId'],
    ['STS.a', undefined, 'InvalidAccessKeyId'],
    ['STS.a', 't', 'SecurityTokenExpired'],
    ['STS.a', 'u', 'AccessKeyIdAndSecurityTokenNotMatch'],
    ['STS.a', 'x', 'InvalidSecurityToken'],
    ['ak', 'x', 'InvalidSecurityToken'],
    ['ak', 'u', 'AccessKeyIdAndSecurityTokenNotMatch'],
  ])('%s with token %s: %s', (id, token, code) => {
    expect(catchOss(() => findAccessKey(keys, id, token, NOW))).toMatchObject({ code, status: 403 })
  })
})

describe('a session policy', () => {
  const policy: SessionPolicy = {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: ['oss:PutObject', 'oss:List*'], Resource: 'acs:oss:*:*:b/u/42/*' },
      { Effect: 'Deny', Action: 'oss:*', Resource: ['acs:oss:*:*:b/u/42/secret/*'] },
    ],
  }
  const may = (action: string, path: string) => {
    try {
      checkSessionPolicy({ ...KEY, policy }, action, path)
      return true
    } catch {
      return false
    }
  }

  it('allows its actions under its prefix, and a Deny beats an Allow', () => {
    expect(may('oss:PutObject', 'b/u/42/a')).toBe(true)
    expect(may('oss:ListParts', 'b/u/42/a/b')).toBe(true)
    expect(may('oss:PutObject', 'b/u/43/a')).toBe(false)
    expect(may('oss:PutObject', 'c/u/42/a')).toBe(false)
    expect(may('oss:GetObject', 'b/u/42/a')).toBe(false)
    expect(may('oss:PutObject', 'b/u/42/secret/a')).toBe(false)
  })

  it('refuses with the words of OSS', () => {
    const error = catchOss(() => checkSessionPolicy({ ...KEY, policy }, 'oss:GetObject', 'b'))
    expect(error).toMatchObject({
      code: 'AccessDenied',
      message: "Access denied by authorizer's policy.",
    })
  })

  it('that has conditions is refused when the local OSS is set up', () => {
    const Statement = [{ Effect: 'Allow' as const, Action: '*', Resource: '*', Condition: {} }]
    expect(() => createAccessKeys([{ ...KEY, policy: { Statement } }])).toThrow(TypeError)
  })

  it('with many stars is matched without delay', () => {
    const Statement = [{ Effect: 'Allow' as const, Action: '*', Resource: `${'*a'.repeat(50)}b` }]
    const run = () => checkSessionPolicy({ ...KEY, policy: { Statement } }, 'x', 'a'.repeat(1000))
    expect(catchOss(run).code).toBe('AccessDenied')
  })
})
