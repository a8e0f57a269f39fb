import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import {
  buildSigningKey,
  formatScope,
  prepareSigner,
  signText,
} from '../../src/protocol/signing-key.ts'

const scope = { date: '20250411', region: 'cn-hangzhou' }

describe('the signing key', () => {
  it('of the secret in the documentation is the documented one', () => {
    expect(toHex(buildSigningKey('yourAccessKeySecret', scope))).toBe(
      '8a01ff4efcc65ca2cbc75375045c61ab5f3fa8b9a2d84f0add27ef16a25feb3c',
    )
  })

  it('is prepared once for the same credentials, day and region', () => {
    const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
    expect(prepareSigner(credentials, scope)).toBe(prepareSigner(credentials, { ...scope }))
  })

  it('changes with all that it depends on: secret, id, day, region, product', () => {
    const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
    const sign = (changed = scope): string =>
      signText(prepareSigner(credentials, changed).key, 'text')
    const first = sign()
    expect(sign({ ...scope, date: '20250412' })).not.toBe(first)
    expect(sign({ ...scope, region: 'us-west-1' })).not.toBe(first)
    expect(sign({ ...scope, product: 'oss-cloudbox' } as typeof scope)).not.toBe(first)
    expect(sign()).toBe(first)
    credentials.accessKeySecret = 'other'
    expect(sign()).not.toBe(first)
    credentials.accessKeyId = 'other'
    expect(prepareSigner(credentials, scope).credential).toBe(`other/${formatScope(scope)}`)
  })

  it('refuses empty credentials', () => {
    expect(() => prepareSigner({ accessKeyId: '', accessKeySecret: 'sk' }, scope)).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS' }),
    )
    expect(() => prepareSigner({ accessKeyId: 'ak', accessKeySecret: '' }, scope)).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS' }),
    )
  })
})
