import { describe, expect, it } from 'vitest'
import { presign } from '../../src/protocol/presign.ts'
import { issuePut } from '../../src/signer/issue-put.ts'
import { createProfile, createUpload, ISSUER, SIGNING } from '../support/samples.ts'

const signatureOf = (url: string) => new URL(url).searchParams.get('x-oss-signature')

describe('PUT tickets', () => {
  it('sign the exact length, which the browser sends by itself', () => {
    const upload = createUpload({ size: 1234 })
    const { url, headers } = issuePut(upload, createProfile(), ISSUER, SIGNING)
    const query = Object.fromEntries(new URL(url).searchParams)
    const sign = (length: string) =>
      signatureOf(
        presign(
          {
            method: 'PUT',
            bucket: ISSUER.bucket,
            region: ISSUER.region,
            key: upload.key,
            query: { callback: query.callback ?? '', 'callback-var': query['callback-var'] ?? '' },
            headers: { ...headers, 'content-length': length },
            additionalHeaders: ['content-length'],
          },
          SIGNING,
        ).url,
      )
    expect(signatureOf(url)).toBe(sign('1234'))
    expect(signatureOf(url)).not.toBe(sign('1235'))
    expect(headers).not.toHaveProperty('Content-Length')
  })

  it('differ for every upload, and contain no secret', () => {
    const one = issuePut(createUpload(), createProfile(), ISSUER, SIGNING)
    const two = issuePut(createUpload({ id: 'B' }), createProfile(), ISSUER, SIGNING)
    expect(signatureOf(one.url)).not.toBe(signatureOf(two.url))
    expect(JSON.stringify(one)).not.toContain('PLANTED')
  })
})
