import { describe, expect, it } from 'vitest'
import { type ConfirmCallbackOptions, confirmCallback } from '../../src/service/confirm-callback.ts'
import type { AcceptedCallback } from '../../src/signer/accept-callback.ts'
import { START } from '../support/clock.ts'
import { ACCESS_KEY, JWT_ISSUER } from '../support/keys.ts'

const ACCEPTED: AcceptedCallback = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  subject: 'user-42',
  issuer: JWT_ISSUER,
  profile: 'direct',
  bucket: 'examplebucket',
  key: 'd/假 日.png',
  name: '假日.png',
  size: 1000,
  type: 'image/png',
  vars: {},
  unverified: { etag: '5D41402ABC4B2A76B9719D911017C592', crc64: '123', operation: 'PutObject' },
  at: START,
}

const STORED = {
  'content-length': '1000',
  'content-type': 'image/png',
  etag: '"5D41402ABC4B2A76B9719D911017C592"',
  'x-oss-hash-crc64ecma': '123',
  'x-oss-meta-upcall-id': ACCEPTED.id,
}

function confirm(response: () => Promise<Response>, options: Partial<ConfirmCallbackOptions> = {}) {
  const requests: Request[] = []
  const receipt = confirmCallback(ACCEPTED, {
    region: 'cn-hangzhou',
    credentials: ACCESS_KEY,
    now: () => START,
    fetch: (input, init) => {
      requests.push(new Request(input, init))
      return response()
    },
    ...options,
  })
  return { receipt, requests }
}

describe('a callback on a server of the application', () => {
  it('becomes a receipt by a signed HEAD of its object', async () => {
    const { receipt, requests } = confirm(
      async () => new Response(null, { headers: { ...STORED, 'x-oss-version-id': 'v1' } }),
    )
    expect(await receipt).toEqual({
      ...ACCEPTED,
      etag: ACCEPTED.unverified.etag,
      crc64: '123',
      versionId: 'v1',
      unverified: { operation: 'PutObject' },
      via: 'callback',
    })
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD https://examplebucket.oss-cn-hangzhou.aliyuncs.com/d/%E5%81%87%20%E6%97%A5.png',
    ])
    expect(requests[0]?.headers.get('authorization')).toMatch(/^OSS4-HMAC-SHA256 Credential=/)
  })

  it.each(Object.keys(STORED))('is refused when the object has another %s', async (name) => {
    const other = name === 'content-length' ? '1001' : 'other'
    const { receipt } = confirm(
      async () => new Response(null, { headers: { ...STORED, [name]: other } }),
    )
    await expect(receipt).rejects.toMatchObject({ code: 'OBJECT_MISMATCH' })
  })

  it('is refused when there is no such object', async () => {
    const { receipt } = confirm(async () => new Response(null, { status: 404 }))
    await expect(receipt).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
  })

  it('ends in time when OSS does not respond', async () => {
    const { receipt } = confirm(() => Promise.reject(new DOMException('late', 'TimeoutError')))
    await expect(receipt).rejects.toMatchObject({ code: 'OSS_UNREACHABLE' })
  })

  it('uses credentials that a function gives', async () => {
    const credentials = async () => ({
      accessKeyId: 'sts',
      accessKeySecret: 's',
      securityToken: 't',
    })
    const { receipt, requests } = confirm(async () => new Response(null, { headers: STORED }), {
      credentials,
    })
    await receipt
    expect(requests[0]?.headers.get('x-oss-security-token')).toBe('t')
  })
})
