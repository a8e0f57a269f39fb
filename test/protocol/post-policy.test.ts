import { describe, expect, it } from 'vitest'
import { fromBase64, fromUtf8, toBase64 } from '../../src/protocol/bytes.ts'
import { type PostPolicy, signPostPolicy } from '../../src/protocol/post-policy.ts'
import { buildSigningKey, signText } from '../../src/protocol/signing-key.ts'
import vectors from '../vectors/post-policy.json' with { type: 'json' }

const now = new Date('2024-02-29T08:30:15Z')
const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const base: PostPolicy = {
  bucket: 'examplebucket',
  region: 'cn-hangzhou',
  conditions: [],
  fields: {},
}
const options = { credentials, now, expiresInSeconds: 3600 }

function readPolicy(fields: Record<string, string>) {
  return JSON.parse(fromUtf8(fromBase64(fields.policy ?? '')))
}

describe('PostObject V4 vectors', () => {
  const cases = vectors.filter(({ input }) => input.version === 'v4')

  it('has cases', () => expect(cases.length).toBeGreaterThan(2))

  it.each(cases)('$name', ({ input, expect: wanted }) => {
    const policy = toBase64(input.policy)
    expect(policy).toBe(wanted.policyBase64)
    const scope = { date: input.date?.slice(0, 8) ?? '', region: input.region ?? '' }
    expect(signText(buildSigningKey(input.accessKeySecret, scope), policy)).toBe(wanted.signature)
  })

  it.each(cases)(
    '$name: the same fields from bucket and conditions',
    ({ input, expect: wanted }) => {
      const { conditions = [] } = input.policyObject ?? {}
      const own = 4 // bucket, credential, date, version
      const policy = {
        ...base,
        conditions: conditions.slice(own) as unknown as PostPolicy['conditions'],
      }
      expect(signPostPolicy(policy, options).fields).toEqual(wanted.formFields)
    },
  )

  it('signs a policy with a key and a length range', () => {
    const text =
      '{"expiration":"2030-01-02T04:04:05.000Z","conditions":[{"bucket":"examplebucket"},{"x-oss-signature-version":"OSS4-HMAC-SHA256"},{"x-oss-credential":"ak/20300102/cn-hangzhou/oss/aliyun_v4_request"},{"x-oss-date":"20300102T030405Z"},["eq","$key","u/1/a.txt"],["content-length-range",1,1048576]]}'
    const key = buildSigningKey('sk', { date: '20300102', region: 'cn-hangzhou' })
    expect(signText(key, toBase64(text))).toBe(
      'dcffd854b9784873cf9285db1b338dabec44583434fe5a3b85a33f1f83630e61',
    )
  })
})

describe('signPostPolicy', () => {
  it('fixes every field by an eq condition, in lower case', () => {
    const { fields } = signPostPolicy(
      { ...base, fields: { key: 'a/b.txt', 'Content-Disposition': 'attachment', 'x:名': '值' } },
      options,
    )
    expect(readPolicy(fields).conditions.slice(4)).toEqual([
      ['eq', '$key', 'a/b.txt'],
      ['eq', '$content-disposition', 'attachment'],
      ['eq', '$x:名', '值'],
    ])
    expect(Object.keys(fields).slice(0, 3)).toEqual(['key', 'Content-Disposition', 'x:名'])
  })

  it('adds no condition for a field that a condition of the caller names', () => {
    const { fields } = signPostPolicy(
      { ...base, conditions: [['starts-with', '$key', 'u/']], fields: { key: 'u/${filename}' } },
      options,
    )
    expect(readPolicy(fields).conditions.slice(4)).toEqual([['starts-with', '$key', 'u/']])
  })

  it('sends an STS token and fixes it by a condition', () => {
    const { fields } = signPostPolicy(base, {
      ...options,
      credentials: { ...credentials, securityToken: 'token' },
    })
    expect(fields['x-oss-security-token']).toBe('token')
    expect(readPolicy(fields).conditions).toContainEqual({ 'x-oss-security-token': 'token' })
  })

  it.each([
    ['POLICY', { conditions: [['content-length-range', 2, 1]] }],
    ['POLICY', { conditions: [['content-length-range', 0, 1.5]] }],
    ['POLICY', { conditions: [{ a: 'b', c: 'd' }] }],
    ['POLICY', { conditions: [['eq', 'key', 'x']] }],
    ['FORM_FIELD', { fields: { policy: 'x' } }],
    ['FORM_FIELD', { fields: { 'X-Oss-Signature': 'x' } }],
    ['FORM_FIELD', { fields: { 'a"\r\nb': 'x' } }],
    ['FORM_FIELD', { fields: { 'x:big': 'x'.repeat(2 * 1024 * 1024 + 1) } }],
    ['REQUEST', { bucket: 'Not A Bucket' }],
    ['REQUEST', { region: 'oss-cn-hangzhou' }],
  ])('refuses with %s: %j', (code, wrong) => {
    const policy = { ...base, ...wrong } as PostPolicy
    expect(() => signPostPolicy(policy, options)).toThrow(expect.objectContaining({ code }))
  })

  it.each([0, 1.5, 604_801, Number.NaN])('refuses a lifetime of %s seconds', (expiresInSeconds) => {
    expect(() => signPostPolicy(base, { ...options, expiresInSeconds })).toThrow(
      expect.objectContaining({ code: 'EXPIRES' }),
    )
  })
})
