import { describe, expect, it } from 'vitest'
import { foldAddress } from '../../src/service/rate-guard.ts'
import type { RateLimiter } from '../../src/service/rate-limiter.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const FORM = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }
const MULTIPART = {
  profile: 'any',
  name: 'a.bin',
  type: 'video/mp4',
  size: 300_000,
  method: 'multipart',
}
const initiate = (): Response =>
  new Response(
    '<InitiateMultipartUploadResult><Bucket>examplebucket</Bucket><Key>k</Key><UploadId>U</UploadId></InitiateMultipartUploadResult>',
  )

describe('limits of requests', () => {
  it('of a subject end in 429 with Retry-After, and others go on', async () => {
    const setup = createServiceWithStubOss({ rateLimits: { subjectPerMinute: 3 } })
    for (let at = 0; at < 3; at += 1) expect((await setup.post('/uploads', FORM)).status).toBe(201)
    const refused = await setup.post('/uploads', FORM)
    expect(refused.headers.get('retry-after')).toBe('20')
    expect(await refused.clone().json()).toMatchObject({ error: { retryable: true } })
    expect(await readProblem(refused)).toBe('429 RATE_LIMITED')
    const other = await setup.bearer({ subject: 'user-43' })
    expect((await setup.post('/uploads', FORM, { token: other })).status).toBe(201)
    setup.clock.advance(20)
    expect((await setup.post('/uploads', FORM)).status).toBe(201)
  })

  it('count a multipart ticket as ten requests, before an upload is opened on OSS', async () => {
    const setup = createServiceWithStubOss({ rateLimits: { subjectPerMinute: 25 } }, initiate)
    const statuses: number[] = []
    for (let at = 0; at < 4; at += 1)
      statuses.push((await setup.post('/uploads', MULTIPART)).status)
    expect(statuses).toEqual([201, 201, 429, 429])
    expect(setup.requests).toHaveLength(2)
  })

  it('hold for every call with a token, whatever it asks', async () => {
    const setup = createServiceWithStubOss({ rateLimits: { subjectPerMinute: 1 } })
    await setup.post('/uploads', FORM)
    for (const path of ['parts', 'state', 'confirm', 'abort']) {
      const response = await setup.post(`/uploads/${path}`, { session: 'x' })
      expect(await readProblem(response)).toBe('429 RATE_LIMITED')
    }
  })

  it('of an address come before the token is looked at', async () => {
    const setup = createServiceWithStubOss({
      rateLimits: { addressPerMinute: 2 },
      clientAddress: (request) => request.headers.get('x-real-ip') ?? undefined,
    })
    const ask = async (address: string) =>
      readProblem(
        await setup.post('/uploads', FORM, {
          token: 'nonsense',
          headers: { 'x-real-ip': address },
        }),
      )
    expect(await ask('203.0.113.7')).toBe('401 TOKEN_INVALID')
    expect(await ask('203.0.113.7')).toBe('401 TOKEN_INVALID')
    expect(await ask('203.0.113.7')).toBe('429 RATE_LIMITED')
    expect(await ask('203.0.113.8')).toBe('401 TOKEN_INVALID')
  })

  it('believe no header unless they are told to', async () => {
    const setup = createServiceWithStubOss({ rateLimits: { addressPerMinute: 1 } })
    for (let at = 0; at < 3; at += 1) {
      const headers = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' }
      expect((await setup.post('/uploads', FORM, { headers })).status).toBe(201)
    }
  })

  it('are 600 requests a minute by default, and none with 0', async () => {
    const setup = createServiceWithStubOss()
    const token = await setup.bearer()
    let last = 0
    for (let at = 0; at < 601; at += 1)
      last = (await setup.post('/uploads', FORM, { token })).status
    expect(last).toBe(429)
    const open = createServiceWithStubOss({ rateLimits: { subjectPerMinute: 0 } })
    for (let at = 0; at < 601; at += 1) last = (await open.post('/uploads', FORM, { token })).status
    expect(last).toBe(201)
  })

  it('refuse to start with what is no number of requests', () => {
    for (const limit of [-1, 0.5, Number.NaN]) {
      expect(() => createServiceWithStubOss({ rateLimits: { addressPerMinute: limit } })).toThrow(
        'rateLimits.addressPerMinute must be a whole number',
      )
    }
  })

  it.each<[string, RateLimiter]>([
    [
      'throws',
      {
        take: () => {
          throw new Error('redis is down')
        },
      },
    ],
    ['rejects', { take: async () => Promise.reject(new Error('redis is down')) }],
  ])('let requests pass when the counter %s, and log it once a minute', async (_, subject) => {
    const setup = createServiceWithStubOss({ rateLimiters: { subject } })
    for (let at = 0; at < 3; at += 1) expect((await setup.post('/uploads', FORM)).status).toBe(201)
    expect(setup.lines.filter((line) => line.includes('RATE_LIMITER_FAILED'))).toHaveLength(1)
    setup.clock.advance(60)
    await setup.post('/uploads', FORM)
    expect(setup.lines.filter((line) => line.includes('redis is down'))).toHaveLength(2)
  })

  it('are asked of an own counter, by key and cost', async () => {
    const taken: string[] = []
    const limiter: RateLimiter = {
      async take(key, cost) {
        taken.push(`${key} ${cost}`)
        return { allowed: true }
      },
    }
    const setup = createServiceWithStubOss(
      { rateLimiters: { subject: limiter, address: limiter }, clientAddress: () => '2001:db8::1' },
      initiate,
    )
    expect((await setup.post('/uploads', MULTIPART)).status).toBe(201)
    expect(taken).toEqual(['address:2001:db8:0:0:: 1', 'subject:user-42 1', 'subject:user-42 9'])
  })

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:0DB8:0001:0002:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::6', '2001:db8:1:2::'],
    ['fe80::1%eth0', 'fe80:0:0:0::'],
    ['::1', '0:0:0:0::'],
    ['::', '0:0:0:0::'],
  ])('see %s as %s', (address, folded) => {
    expect(foldAddress(address)).toBe(folded)
  })
})
