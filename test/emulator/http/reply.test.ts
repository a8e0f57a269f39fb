import { describe, expect, it } from 'vitest'
import { OssError } from '../../../src/emulator/http/errors.ts'
import { buildErrorReply, completeReply, toOssError } from '../../../src/emulator/http/reply.ts'
import { NOW } from '../emulator-with-client.ts'

const facts = {
  method: 'GET',
  requestId: 'A'.repeat(24),
  host: 'b.localhost',
  now: NOW,
  tookMs: 1.4,
}

describe('every response', () => {
  it('has request id, server time, date, server and length', () => {
    expect(
      completeReply({ status: 200, headers: { etag: 'x' }, body: 'ü' }, facts).headers,
    ).toEqual({
      server: 'AliyunOSS',
      date: NOW.toUTCString(),
      'content-length': '2',
      etag: 'x',
      'x-oss-request-id': 'A'.repeat(24),
      'x-oss-server-time': '1',
    })
    expect(completeReply({ status: 204, headers: {} }, facts).headers).not.toHaveProperty(
      'content-length',
    )
    expect(
      completeReply({ status: 200, headers: {}, body: 'x' }, { ...facts, method: 'HEAD' }),
    ).not.toHaveProperty('body')
  })
})

describe('an error', () => {
  const error = new OssError('InvalidArgument', 'a < b', {
    ec: '0002-1',
    extras: { ArgumentName: 'n', ArgumentValue: '&' },
  })

  it('is XML with its elements in the order of OSS', () => {
    const { status, headers, body } = buildErrorReply(error, facts)
    expect([status, headers]).toEqual([
      400,
      { 'x-oss-ec': '0002-1', 'content-type': 'application/xml' },
    ])
    expect(body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidArgument</Code><Message>a &lt; b</Message><RequestId>${'A'.repeat(24)}</RequestId><HostId>b.localhost</HostId><ArgumentName>n</ArgumentName><ArgumentValue>&amp;</ArgumentValue><EC>0002-1</EC><RecommendDoc>https://api.aliyun.com/troubleshoot?q=0002-1</RecommendDoc></Error>\n`,
    )
  })

  it('of HEAD moves into a header; 304 has no body at all', () => {
    const head = buildErrorReply(error, { ...facts, method: 'HEAD' })
    expect(head.body).toBeUndefined()
    expect(atob(head.headers['x-oss-err'] ?? '')).toContain('<Code>InvalidArgument</Code>')
    const same = new OssError('NotModified', '', { headers: { etag: 'x' } })
    expect(buildErrorReply(same, facts)).toEqual({ status: 304, headers: { etag: 'x' } })
  })

  it('that is not an error of OSS gives no internal details', () => {
    expect(toOssError(error)).toBe(error)
    const inner = toOssError(new Error('planted secret'))
    expect(inner).toMatchObject({ code: 'InternalError', status: 500 })
    expect(inner.message).not.toContain('planted')
  })
})
