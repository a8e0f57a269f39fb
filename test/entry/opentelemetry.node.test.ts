/** Spans in the in-memory exporter of the real SDK: page → service → OSS → callback → webhook is one trace. */
import { context, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOpenTelemetry } from '../../src/entry/opentelemetry.ts'
import type { FormTicket, MultipartTicket } from '../../src/signer/ticket.ts'
import { parseTraceContext } from '../../src/signer/traceparent.ts'
import {
  buildBytes,
  buildForm,
  createServiceWithEmulator,
  type ServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'
import { SECRET } from '../support/webhook-samples.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PAGE_SPAN = '00f067aa0ba902b7'
const TRACED = { traceparent: `00-${TRACE}-${PAGE_SPAN}-01` }
const TEXT = new TextEncoder().encode('hello')
const SMALL = { profile: 'any', name: 'a.txt', type: 'text/plain', size: TEXT.length }
const manager = new AsyncLocalStorageContextManager()

beforeAll(() => void context.setGlobalContextManager(manager.enable()))
afterAll(() => void context.disable())

function createSetup(settings: { webhookStatus?: number } = {}) {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  })
  const webhooks: (string | null)[] = []
  const service: ServiceWithEmulator = createServiceWithEmulator(
    {
      tracing: createOpenTelemetry({ tracer: provider.getTracer('test') }),
      onReceipt: undefined,
      webhook: { url: 'https://app.example.com/hook', secrets: [SECRET] },
      fetch: async (input, init) => {
        const request = new Request(input, init)
        if (new URL(request.url).host !== 'app.example.com') return service.oss.fetch(request)
        webhooks.push(request.headers.get('traceparent'))
        return new Response('{}', { status: settings.webhookStatus ?? 200 })
      },
    },
    {},
    { firstRetryMs: 60_000 },
  )
  return { ...service, webhooks, spans: () => exporter.getFinishedSpans() }
}

const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId

describe('the spans of an upload', () => {
  it('are one trace, from the page to the application', async () => {
    const { order, oss, spans, webhooks } = createSetup()
    const ticket = await order<FormTicket>(SMALL, TRACED)
    expect((await oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    const find = (name: string) => spans().find((span) => span.name === name)
    const [create, head, deliver, callback] = [
      'POST /uploads',
      'OSS HeadObject',
      'deliver stored',
      'POST /callbacks/oss',
    ].map(find)
    expect(
      spans()
        .map((span) => span.name)
        .sort(),
    ).toEqual(['POST /uploads', 'OSS HeadObject', 'deliver stored', 'POST /callbacks/oss'].sort())
    for (const span of spans()) expect(span.spanContext().traceId).toBe(TRACE)
    expect(parentOf(create)).toBe(PAGE_SPAN)
    expect(parentOf(callback)).toBe(idOf(create))
    expect(parentOf(head)).toBe(idOf(callback))
    expect(parentOf(deliver)).toBe(idOf(create))
    expect(create?.kind).toBe(SpanKind.SERVER)
    expect(deliver?.kind).toBe(SpanKind.CLIENT)
    expect(parseTraceContext(webhooks[0])).toMatchObject({ traceId: TRACE, spanId: idOf(deliver) })
  })

  it('of one in parts include its calls to OSS', async () => {
    const { order, oss, spans } = createSetup()
    const file = buildBytes(150_000)
    const request = { ...SMALL, size: file.length, method: 'multipart', partSize: 102_400 } as const
    const ticket = await order<MultipartTicket>(request, TRACED)
    expect((await sendParts(oss, ticket, file)).status).toBe(200)
    const initiate = spans().find(({ name }) => name === 'OSS InitiateMultipartUpload')
    const create = spans().find(({ name }) => name === 'POST /uploads')
    expect(parentOf(initiate)).toBe(idOf(create))
    for (const span of spans()) expect(span.spanContext().traceId).toBe(TRACE)
  })

  it('without a trace of the page begin one, and the callback still belongs to it', async () => {
    const { order, oss, spans } = createSetup()
    const ticket = await order<FormTicket>(SMALL)
    await oss.fetch(buildForm(ticket, TEXT))
    const traces = new Set(spans().map((span) => span.spanContext().traceId))
    expect(traces.size).toBe(1)
    expect([...traces][0]).not.toBe(TRACE)
  })

  it('carry route, status and codes of errors, and nothing of users', async () => {
    const { ask, order, oss, spans } = createSetup({ webhookStatus: 500 })
    await ask('/uploads', { profile: 'none' }, 'user-42', TRACED)
    const ticket = await order<FormTicket>({ ...SMALL, name: 'PLANTED.txt' }, TRACED)
    await oss.fetch(buildForm(ticket, TEXT))
    const refused = spans().find(({ attributes }) => attributes['error.type'] === 'BODY_FIELD')
    expect(refused?.attributes).toMatchObject({
      'http.route': '/uploads',
      'http.request.method': 'POST',
      'http.response.status_code': 400,
    })
    const failed = spans().find(({ name }) => name === 'deliver stored')
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'DELIVERY_FAILED' })
    const text = JSON.stringify(
      spans().map(({ name, attributes, status, events }) => [name, attributes, status, events]),
    )
    for (const word of ['PLANTED', 'user-42', ticket.key]) expect(text).not.toContain(word)
  })
})

describe('without an SDK', () => {
  it('the trace that came in goes out', async () => {
    const tracing = createOpenTelemetry()
    const { traceparent } = TRACED
    const run = (parent?: string) =>
      tracing.run('any', { kind: 'server', parent }, async (span) => span.traceparent)
    expect(await run(traceparent)).toBe(traceparent)
    expect(await run()).toBe(undefined)
  })
})
