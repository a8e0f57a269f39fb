/** One trace from the page through OSS to the application, without any tracing in the service itself. */
import { describe, expect, it } from 'vitest'
import { passThrough } from '../../src/service/tracing.ts'
import type { FormTicket, MultipartTicket, PartWindow, PutTicket } from '../../src/signer/ticket.ts'
import {
  buildBytes,
  buildForm,
  buildPut,
  createServiceWithEmulator,
  type ServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'
import { SECRET } from '../support/webhook-samples.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const TRACED = { traceparent: TRACEPARENT }
const TEXT = new TextEncoder().encode('hello')
const SMALL = { profile: 'any', name: 'a.txt', type: 'text/plain', size: TEXT.length }
const FILE = buildBytes(150_000)
const BIG = {
  profile: 'any',
  name: 'a.bin',
  type: 'video/mp4',
  size: FILE.length,
  method: 'multipart',
  partSize: 102_400,
} as const

const listTraces = ({ receipts }: ServiceWithEmulator) =>
  receipts.map(({ unverified }) => unverified.traceparent)

describe('the trace of an upload', () => {
  it('comes back with the callback of a form', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL, TRACED)
    expect(ticket.fields['x:traceparent']).toBe(TRACEPARENT)
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(listTraces(setup)).toEqual([TRACEPARENT])
  })

  it('comes back with the callback of a PUT', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<PutTicket>({ ...SMALL, method: 'put' }, TRACED)
    expect((await setup.oss.fetch(buildPut(ticket, TEXT))).status).toBe(200)
    expect(listTraces(setup)).toEqual([TRACEPARENT])
  })

  it('comes back with the callback of parts, also when the Complete was signed anew', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<MultipartTicket>(BIG, TRACED)
    const body = { session: ticket.session, partNumbers: [1, 2] }
    const window: PartWindow = await (await setup.ask('/uploads/parts', body)).json()
    const renewed: MultipartTicket = { ...ticket, ...window }
    expect((await sendParts(setup.oss, renewed, FILE)).status).toBe(200)
    expect(listTraces(setup)).toEqual([TRACEPARENT])
  })

  it('is known to a confirmation, by the session', async () => {
    const setup = createServiceWithEmulator(
      {},
      { fetch: async () => new Response('', { status: 500 }) },
    )
    const ticket = await setup.order<FormTicket>(SMALL, TRACED)
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(203)
    expect((await setup.ask('/uploads/confirm', { session: ticket.session })).status).toBe(200)
    expect(listTraces(setup)).toEqual([TRACEPARENT])
  })

  it.each([
    'what a page invents',
    `${TRACEPARENT}, ${TRACEPARENT}`,
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    TRACEPARENT.toUpperCase(),
  ])('that is %s is ignored, and the upload goes on', async (traceparent) => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL, { traceparent })
    expect(ticket.fields).not.toHaveProperty('x:traceparent')
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(listTraces(setup)).toEqual([undefined])
  })

  it('of others is not mixed up, with and without one in turns', async () => {
    const setup = createServiceWithEmulator()
    const other = TRACEPARENT.replace('4bf9', 'aaaa')
    for (const headers of [TRACED, {}, { traceparent: other }, {}, TRACED]) {
      const ticket = await setup.order<FormTicket>(SMALL, headers)
      expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    }
    expect(listTraces(setup)).toEqual([TRACEPARENT, undefined, other, undefined, TRACEPARENT])
  })

  it('that the page changes in its form makes OSS refuse it', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL, TRACED)
    const fields = { ...ticket.fields, 'x:traceparent': TRACEPARENT.replace('4bf9', 'aaaa') }
    expect((await setup.oss.fetch(buildForm({ ...ticket, fields }, TEXT))).status).toBe(403)
  })

  it('reaches the application as header and in the event', async () => {
    const seen: { header: string | null; event: Record<string, unknown> }[] = []
    const setup: ServiceWithEmulator = createServiceWithEmulator({
      onReceipt: undefined,
      webhook: { url: 'https://app.example.com/hook', secrets: [SECRET] },
      fetch: async (input, init) => {
        const request = new Request(input, init)
        if (new URL(request.url).host !== 'app.example.com') return setup.oss.fetch(request)
        const header = request.headers.get('traceparent')
        seen.push({ header, event: await request.json() })
        return Response.json({ ok: true })
      },
    })
    const ticket = await setup.order<FormTicket>(SMALL, TRACED)
    const response = await setup.oss.fetch(buildForm(ticket, TEXT))
    expect(await response.json()).toEqual({ ok: true })
    expect(seen).toMatchObject([{ header: TRACEPARENT, event: { traceparent: TRACEPARENT } }])
  })
})

describe('without tracing', () => {
  it('work runs, and its trace goes out as it came in', async () => {
    const run = (parent: string | undefined) =>
      passThrough.run('name', { kind: 'server', parent }, async (span) => {
        span.set({ any: 1 })
        return span.traceparent
      })
    expect(await run(TRACEPARENT)).toBe(TRACEPARENT)
    expect(await run(undefined)).toBe(undefined)
  })

  it('errors pass', async () => {
    const error = new Error('any')
    const run = passThrough.run('name', { kind: 'client' }, () => Promise.reject(error))
    await expect(run).rejects.toBe(error)
  })
})
