import { describe, expect, it } from 'vitest'
import { presign } from '../../src/protocol/presign.ts'

const request = { method: 'put', bucket: 'examplebucket', key: 'a.txt', region: 'cn-hangzhou' }
const credentials = { accessKeyId: 'ak', accessKeySecret: 'planted-secret' }
const options = { credentials, now: new Date('2026-01-02T03:04:05Z'), expiresInSeconds: 900 }

describe('presign', () => {
  it('returns the method in upper case and the headers to send', () => {
    const headers = { 'Content-Type': 'text/plain' }
    const signed = presign({ ...request, headers }, options)
    expect(signed.method).toBe('PUT')
    expect(signed.headers).toEqual(headers)
    expect(signed.headers).not.toBe(headers)
    expect(signed.url).not.toContain('planted-secret')
  })

  it('signs the host that will be sent', () => {
    const { headers } = presign(
      { ...request, endpoint: 'http://127.0.0.1:9000', additionalHeaders: ['host'] },
      options,
    )
    expect(headers).toEqual({ host: '127.0.0.1:9000' })
  })

  it.each([0, -1, 1.5, 604_801, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a lifetime of %s s',
    (expiresInSeconds) => {
      expect(() => presign(request, { ...options, expiresInSeconds })).toThrow(
        expect.objectContaining({ code: 'EXPIRES' }),
      )
    },
  )

  it('limits a URL with an STS token to 12 hours', () => {
    const sts = { ...options, credentials: { ...credentials, securityToken: 't' } }
    expect(() => presign(request, { ...sts, expiresInSeconds: 43_201 })).toThrow(
      expect.objectContaining({ code: 'EXPIRES' }),
    )
    expect(presign(request, { ...sts, expiresInSeconds: 43_200 }).url).toContain(
      'x-oss-security-token=t',
    )
  })

  it.each([
    'x-oss-signature',
    'x-oss-date',
    'x-oss-expires',
    'x-oss-security-token',
    'x-oss-credential',
  ])('refuses %s from the caller', (name) => {
    expect(() => presign({ ...request, query: { [name]: '1' } }, options)).toThrow(
      expect.objectContaining({ code: 'REQUEST' }),
    )
  })
})
