import { describe, expect, it } from 'vitest'
import { createService } from '../../src/service/create-service.ts'
import type { FormTicket, MultipartTicket } from '../../src/signer/ticket.ts'
import { codeOf } from '../support/samples.ts'
import { createServiceWithStubOss, createSettings } from '../support/service-with-stub-oss.ts'

const BODY = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

describe('a service', () => {
  it('that cannot work does not start', () => {
    expect(codeOf(() => createService({ ...createSettings(), secret: 'short' }))).toBe('CONFIG')
  })

  it('gives every upload an id of its own, of all 64 characters', async () => {
    const setup = createServiceWithStubOss()
    const ids = new Set<string>()
    for (let at = 0; at < 300; at += 1) {
      ids.add(((await (await setup.post('/uploads', BODY)).json()) as FormTicket).id)
    }
    expect(ids.size).toBe(300)
    expect(new Set([...ids].join('')).size).toBe(64)
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/)
  })

  it('sends browsers to the public endpoint and goes to the internal one itself', async () => {
    const setup = createServiceWithStubOss(
      {
        endpoint: 'https://files.example.com',
        internalEndpoint: 'https://oss-cn-hangzhou-internal.aliyuncs.com',
      },
      () =>
        new Response(
          '<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>',
        ),
    )
    const order = { ...BODY, profile: 'any', method: 'multipart', size: 200_000 }
    const ticket = (await (await setup.post('/uploads', order)).json()) as MultipartTicket
    expect(new URL(ticket.complete.url).host).toBe('files.example.com')
    expect(new URL(setup.requests[0]?.url ?? '').host).toBe(
      'examplebucket.oss-cn-hangzhou-internal.aliyuncs.com',
    )
  })

  it('says so when there are no credentials at the moment', async () => {
    const setup = createServiceWithStubOss({
      credentials: async () => {
        throw new Error('STS said PLANTED')
      },
    })
    const response = await setup.post('/uploads', BODY)
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('PLANTED')
  })

  it('responds 500 and tells nothing when something breaks that nobody planned', async () => {
    const setup = createServiceWithStubOss({
      newId: () => {
        throw new Error('PLANTED: out of entropy')
      },
    })
    const response = await setup.service.fetch(
      new Request('https://api.example.com/healthz', { headers: { 'x-request-id': 'r1' } }),
    )
    expect(response.status).toBe(200)
    const broken = await setup.post('/uploads', BODY, { headers: { 'x-request-id': 'r2' } })
    expect(broken.status).toBe(500)
    expect(await broken.text()).not.toContain('PLANTED')
    expect(setup.lines[0]).toContain('"r2"')
    expect(setup.lines[0]).toContain('out of entropy')
  })
})
