import { describe, expect, it } from 'vitest'
import {
  type CallbackCall,
  createFetchTransport,
} from '../../../src/emulator/callback/transport.ts'
import { bytesOf } from '../emulator-with-client.ts'

const CALL: CallbackCall = {
  url: 'http://a.example/cb?x=1',
  target: '/cb?x=1',
  hostName: 'a.example',
  port: 80,
  secure: false,
  host: 'a.example',
  headers: { 'content-type': 'text/plain', 'x-oss-tag': 'CALLBACK' },
  body: bytesOf('hello'),
  timeoutMs: 1000,
  sni: false,
  maxResponseBytes: 10,
}

describe('callbacks through fetch', () => {
  it('send a POST and read the response', async () => {
    const seen: Request[] = []
    const { send } = createFetchTransport(async (request) => {
      seen.push(request.clone())
      return new Response('{"a":1}', { status: 201, headers: { 'x-a': 'b' } })
    })
    expect(await send(CALL)).toMatchObject({
      kind: 'response',
      status: 201,
      headers: { 'x-a': 'b' },
      body: bytesOf('{"a":1}'),
    })
    const [request] = seen
    expect([request?.method, request?.url, request?.redirect]).toEqual(['POST', CALL.url, 'manual'])
    expect(request?.headers.get('x-oss-tag')).toBe('CALLBACK')
    expect(await request?.text()).toBe('hello')
  })

  it('report long responses, broken connections and timeouts', async () => {
    const long = createFetchTransport(async () => new Response('12345678901'))
    expect(await long.send(CALL)).toEqual({ kind: 'too-long' })
    const broken = createFetchTransport(async () => {
      throw new TypeError('fetch failed')
    })
    expect(await broken.send(CALL)).toEqual({ kind: 'unreachable' })
    const silent = createFetchTransport(() => new Promise(() => {}))
    expect(await silent.send({ ...CALL, timeoutMs: 1 })).toEqual({ kind: 'timeout' })
    const stuck = createFetchTransport(async () => new Response(new ReadableStream()))
    expect(await stuck.send({ ...CALL, timeoutMs: 1 })).toEqual({ kind: 'timeout' })
  })
})
