import { describe, expect, it } from 'vitest'
import { createBeforeUploadReceiver } from '../../src/webhook/receiver.ts'
import { PLANTED } from '../support/keys.ts'
import {
  createServiceWithStubOss,
  PUBLIC_URL,
  readProblem,
} from '../support/service-with-stub-oss.ts'
import { OTHER_SECRET, SECRET } from '../support/webhook-samples.ts'

const FORM = { profile: 'avatar', name: '照.png', type: 'image/png', size: 5 }
const URL_WITH_TOKEN = 'https://app.example.com/before?token=PLANTED-query-token'

type Respond = (request: Request) => Response | Promise<Response>

function createSetup(respond: Respond, more: { secrets?: string[]; timeoutMs?: number } = {}) {
  const beforeWebhook = { url: URL_WITH_TOKEN, secrets: [SECRET], ...more }
  return createServiceWithStubOss({ beforeWebhook }, respond)
}

const json = (value: unknown) => Response.json(value)

describe('the webhook before an upload', () => {
  it('is signed as all webhooks, and its receiver decides', async () => {
    const seen: unknown[] = []
    const receiver = createBeforeUploadReceiver({
      secrets: [OTHER_SECRET],
      onBeforeUpload: (upload) => {
        seen.push(upload)
        return upload.file.size > 100
          ? { allow: true }
          : { allow: false, code: 'TINY', message: 'x' }
      },
      now: () => setup.clock.now(),
    })
    const setup = createSetup(receiver.fetch, { secrets: [SECRET, OTHER_SECRET] })
    const headers = { origin: 'https://www.example.com', cookie: 'sid=PLANTED-cookie' }
    expect(await readProblem(await setup.post('/uploads', FORM, { headers }))).toBe('403 TINY')
    expect((await setup.post('/uploads', { ...FORM, size: 101 })).status).toBe(201)
    expect(seen[0]).toEqual({
      subject: 'user-42',
      claims: expect.objectContaining({ sub: 'user-42' }),
      profile: 'avatar',
      file: { name: '照.png', type: 'image/png', size: 5 },
      vars: {},
      method: 'form',
      origin: 'https://www.example.com',
    })
    expect(seen[1]).not.toHaveProperty('origin')
  })

  it('sends an event with a new id each time, and no header of the page', async () => {
    const bodies: Record<string, unknown>[] = []
    const setup = createSetup(async (request) => {
      const text = await request.text()
      expect(text).not.toMatch(/PLANTED|Bearer|cookie/)
      expect(request.headers.get('cookie')).toBeNull()
      expect(request.headers.get('authorization')).toBeNull()
      bodies.push({ ...JSON.parse(text), header: request.headers.get('webhook-id') })
      return json({ allow: true })
    })
    const headers = { cookie: 'sid=PLANTED-cookie' }
    for (let time = 0; time < 2; time += 1) await setup.post('/uploads', FORM, { headers })
    expect(bodies[0]).toMatchObject({
      specversion: '1.0',
      type: 'com.oss-upcall.upload.before',
      source: PUBLIC_URL,
      subject: 'user-42',
      id: bodies[0]?.header,
    })
    expect(bodies[0]?.id).not.toBe(bodies[1]?.id)
  })

  it.each<[string, Respond]>([
    ['500', () => new Response('no', { status: 500 })],
    ['404', () => json({ allow: true, status: 404 })],
    ['401', () => new Response('{"allow":true}', { status: 401 })],
    ['204 without a body', () => new Response(null, { status: 204 })],
    ['a redirect', () => Response.redirect('https://evil.example.com/', 302)],
    [
      'HTML of a login page',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    ],
    ['OK as text', () => new Response('OK')],
    ['null', () => json(null)],
    ['true', () => json(true)],
    ['an empty object', () => json({})],
    ['a field that is not known', () => json({ allow: true, limits: { maxsize: 1 } })],
    ['bytes that are no UTF-8', () => new Response(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ['2 MB', () => new Response('{"allow":true}'.padEnd(2_000_000))],
    [
      'no connection',
      () => {
        throw new TypeError('fetch failed: PLANTED-reason')
      },
    ],
  ])('lets nothing pass when it responds with %s', async (_, respond) => {
    const setup = createSetup(respond)
    const response = await setup.post('/uploads', FORM)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await readProblem(response)).toBe('503 BEFORE_UPLOAD_FAILED')
    // One attempt, and no request to where a redirect points.
    expect(setup.requests.map(({ url, redirect }) => [url, redirect])).toEqual([
      [URL_WITH_TOKEN, 'manual'],
    ])
    const log = setup.lines.join()
    expect(log).toContain('BEFORE_UPLOAD_FAILED')
    for (const secret of [...PLANTED, SECRET, 'PLANTED-query-token'])
      expect(log).not.toContain(secret)
  })

  it('has a time limit for the head and for the body', async () => {
    const never = () => new Promise<Response>(() => {})
    const slow = createSetup(never, { timeoutMs: 100 })
    const begun = performance.now()
    expect(await readProblem(await slow.post('/uploads', FORM))).toBe('503 BEFORE_UPLOAD_FAILED')
    // Without the limit it would never end; a busy machine takes seconds.
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  it('is asked only for uploads that the profile allows', async () => {
    const setup = createSetup(() => json({ allow: true }))
    expect(await readProblem(await setup.post('/uploads', { ...FORM, size: 0 }))).toBe(
      '400 FILE_TOO_SMALL',
    )
    expect(await readProblem(await setup.post('/uploads', FORM, { token: null }))).toBe(
      '401 TOKEN_MISSING',
    )
    expect(setup.requests).toEqual([])
  })
})
