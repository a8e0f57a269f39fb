/** What an observer is told of requests and callbacks: patterns and codes, never paths. */
import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import type { CallbackReport, Observer, RequestReport } from '../../src/service/observer.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'
import { createCallback, createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

const TEXT = new TextEncoder().encode('hello 世界')
const SMALL = { profile: 'any', name: '世界.txt', type: 'text/plain', size: TEXT.length }
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

function collect() {
  const requests: RequestReport[] = []
  const callbacks: CallbackReport[] = []
  const observer: Observer = {
    request: (report) => requests.push(report),
    callback: (report) => callbacks.push(report),
  }
  return { requests, callbacks, observer }
}

describe('an observer of requests', () => {
  it.each([
    ['POST', '/uploads', '/uploads', 401, 'TOKEN_MISSING'],
    ['POST', '/uploads?secret=PLANTED', '/uploads', 401, 'TOKEN_MISSING'],
    ['GET', '/uploads', '/uploads', 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/callbacks/oss', '/callbacks/oss', 403, 'CALLBACK_SIGNATURE'],
    ['GET', '/healthz', '/healthz', 200, undefined],
    ['HEAD', '/healthz', '/healthz', 200, undefined],
    ['GET', '/wp-login.php', 'unmatched', 404, 'NOT_FOUND'],
    ['GET', '/metrics', '/metrics', 404, 'NOT_FOUND'],
    ['OPTIONS', '/uploads/parts', '/uploads/parts', 204, undefined],
  ])('is told of %s %s by its pattern %s', async (method, path, route, status, error) => {
    const { requests, observer } = collect()
    const { service } = createServiceWithStubOss({
      observer,
      allowedOrigins: ['https://www.example.com'],
    })
    const headers = {
      origin: 'https://www.example.com',
      'access-control-request-method': 'POST',
      'x-request-id': 'id-1',
    }
    await service.fetch(new Request(`https://api.example.com${path}`, { method, headers }))
    expect(requests).toEqual([
      {
        method,
        route,
        status,
        error,
        ms: expect.any(Number),
        requestId: 'id-1',
        traceId: undefined,
        facts: {},
      },
    ])
    expect(requests[0]?.ms).toBeGreaterThanOrEqual(0)
  })

  it('never gets a label that a sender invented', async () => {
    const { requests, observer } = collect()
    const { service } = createServiceWithStubOss({
      observer,
      assets: createMemoryAssets({}),
    })
    for (const method of ['PROPFIND', 'PROPFIND', 'DELETE']) {
      await service.fetch(new Request('https://api.example.com/uploads', { method }))
    }
    for (let at = 0; at < 20; at += 1) {
      await service.fetch(new Request(`https://api.example.com/client-${'a'.repeat(at + 1)}.js`))
      await service.fetch(new Request(`https://api.example.com/${at}`))
    }
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['other', 'GET']))
    const routes = new Set(requests.map(({ route }) => route))
    expect(routes.size).toBe(3)
    expect(routes).toContain('unmatched')
  })

  it('is told which upload a ticket and a callback are about, and by whom', async () => {
    const { requests, callbacks, observer } = collect()
    const setup = createServiceWithEmulator({ observer })
    const ticket = await setup.order<FormTicket>(SMALL, { traceparent: TRACEPARENT })
    await setup.oss.fetch(buildForm(ticket, TEXT))
    const facts = {
      uploadId: ticket.id,
      profile: 'any',
      subject: 'user-42',
      key: ticket.key,
      name: '世界.txt',
    }
    expect(requests).toMatchObject([
      { route: '/uploads', status: 201, traceId: TRACE, facts },
      { route: '/callbacks/oss', status: 200, traceId: TRACE, facts },
    ])
    expect(callbacks).toEqual([{ outcome: 'DELIVERED' }])
  })

  it('is told of the four further calls of an upload by its session', async () => {
    const { requests, observer } = collect()
    const setup = createServiceWithEmulator({ observer })
    const ticket = await setup.order({ ...SMALL, method: 'multipart' })
    const { session } = ticket
    await setup.ask('/uploads/parts', { session, partNumbers: [1] })
    await setup.ask('/uploads/state', { session })
    await setup.ask('/uploads/confirm', { session })
    await setup.ask('/uploads/abort', { session })
    expect(requests.map(({ route, status }) => [route, status])).toEqual([
      ['/uploads', 201],
      ['/uploads/parts', 200],
      ['/uploads/state', 200],
      ['/uploads/confirm', 404],
      ['/uploads/abort', 204],
    ])
    for (const { facts } of requests) {
      expect(facts).toMatchObject({ uploadId: ticket.id, subject: 'user-42', key: ticket.key })
    }
  })
})

describe('an observer of callbacks', () => {
  it('is told when the application will get it later', async () => {
    const { callbacks, observer } = collect()
    const setup = createServiceWithEmulator(
      {
        observer,
        onReceipt: () => {
          throw new Error('down')
        },
      },
      {},
      { firstRetryMs: 60_000 },
    )
    const ticket = await setup.order<FormTicket>(SMALL)
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(callbacks).toEqual([{ outcome: 'ACCEPTED' }])
  })

  it('is told why one was refused', async () => {
    const { callbacks, requests, observer } = collect()
    const { service } = createServiceWithStubOss({ observer })
    await service.fetch(createCallback('seal=none'))
    await service.fetch(createCallback('seal=none', { keyUrl: 'https://evil.example.com/k.pem' }))
    expect(callbacks).toEqual([{ outcome: 'SEAL_INVALID' }, { outcome: 'CALLBACK_SIGNATURE' }])
    expect(requests.map(({ facts }) => facts)).toEqual([{}, {}])
  })

  it('that throws harms no request, and is logged', async () => {
    const observer: Observer = {
      request() {
        throw new Error('full disk')
      },
      callback() {
        throw new Error('full disk')
      },
      delivery() {
        throw new Error('full disk')
      },
    }
    const setup = createServiceWithEmulator({ observer })
    const ticket = await setup.order<FormTicket>(SMALL)
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(setup.receipts).toHaveLength(1)
    const codes = setup.lines.map((line) => JSON.parse(line).code)
    expect(codes.filter((code) => code === 'OBSERVER_FAILED').length).toBeGreaterThanOrEqual(4)
  })
})
