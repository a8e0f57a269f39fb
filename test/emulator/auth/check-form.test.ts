/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/signature-version-4-recommend */
import { describe, expect, it } from 'vitest'
import { createAccessKeys } from '../../../src/emulator/auth/access-keys.ts'
import { authenticateForm } from '../../../src/emulator/auth/check-form.ts'
import { computeV4 } from '../../../src/emulator/auth/check-v4.ts'
import { toBase64, toUtf8 } from '../../../src/protocol/bytes.ts'
import { hmacSha1 } from '../../../src/protocol/crypto.ts'
import { catchOss, KEY, NOW, REGION } from '../emulator-with-client.ts'

const STS = { accessKeyId: 'STS.a', accessKeySecret: 's', securityToken: 'token' }
const keys = createAccessKeys([KEY, STS])
const check = (fields: Record<string, string>, now = NOW) =>
  authenticateForm(new Map(Object.entries(fields)), { keys, now, region: REGION })

function signV4(more: Record<string, string> = {}, { accessKeyId, accessKeySecret } = KEY) {
  const scope = { accessKeyId, date: '20300102', region: REGION, product: 'oss' }
  return {
    policy: 'cG9saWN5',
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${accessKeyId}/20300102/${REGION}/oss/aliyun_v4_request`,
    'x-oss-date': '20300102T030405Z',
    'x-oss-signature': computeV4(accessKeySecret, scope, 'cG9saWN5'),
    ...more,
  }
}

const V1 = {
  policy: 'cG9saWN5',
  ossaccesskeyid: 'ak',
  signature: toBase64(hmacSha1(toUtf8('sk'), 'cG9saWN5')),
}

describe('who signed a form', () => {
  it('is found in the V4 fields, in the V1 fields, or nowhere', () => {
    expect(check(signV4())).toMatchObject({
      caller: { via: 'form' },
      required: ['x-oss-signature-version', 'x-oss-credential', 'x-oss-date'],
    })
    expect(check(V1)).toMatchObject({ caller: { via: 'form' }, policy: 'cG9saWN5', required: [] })
    expect(check({ key: 'a' })).toMatchObject({ caller: { kind: 'anonymous' }, policy: undefined })
  })

  it('must bind the token of a temporary key in its policy', () => {
    const fields = signV4({ 'x-oss-security-token': 'token' }, STS)
    expect(check(fields).required).toContain('x-oss-security-token')
    expect(catchOss(() => check(signV4({}, STS))).code).toBe('InvalidAccessKeyId')
    expect(catchOss(() => check(signV4({ 'x-oss-security-token': 'other' }, STS))).code).toBe(
      'InvalidSecurityToken',
    )
    const foreign = signV4({ 'x-oss-security-token': 'token' })
    expect(catchOss(() => check(foreign)).code).toBe('AccessKeyIdAndSecurityTokenNotMatch')
  })

  it('is refused from another region, from the future, and after seven days', () => {
    const elsewhere = signV4({ 'x-oss-credential': 'ak/20300102/cn-beijing/oss/aliyun_v4_request' })
    expect(catchOss(() => check(elsewhere)).ec).toBe('0002-00000226')
    const early = new Date(NOW.getTime() - 901_000)
    expect(catchOss(() => check(signV4(), early)).code).toBe('RequestTimeTooSkewed')
    const late = new Date(NOW.getTime() + 7 * 86_400_000 + 1000)
    expect(catchOss(() => check(signV4(), late)).code).toBe('AccessDenied')
  })

  it.each<[string, Record<string, string>, string, string | undefined]>([
    ['the key alone', { ossaccesskeyid: 'ak' }, 'InvalidArgument', '0002-00000706'],
    ['the policy alone', { policy: 'x' }, 'InvalidArgument', '0002-00000706'],
    ['no signature', { ossaccesskeyid: 'ak', policy: 'x' }, 'InvalidArgument', '0002-00000706'],
    ['an empty key', { ...V1, ossaccesskeyid: '' }, 'InvalidArgument', undefined],
    ['an empty signature', { ...V1, signature: '' }, 'InvalidArgument', undefined],
    ['an unknown key', { ...V1, ossaccesskeyid: 'other' }, 'InvalidAccessKeyId', '0002-00000902'],
    ['another policy', { ...V1, policy: 'eA==' }, 'SignatureDoesNotMatch', '0002-00000705'],
  ])('V1 with %s is refused', (_, fields, code, ec) => {
    expect(catchOss(() => check(fields))).toMatchObject({ code, ec })
  })
})
