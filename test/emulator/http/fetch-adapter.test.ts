import { describe, expect, it } from 'vitest'
import {
  encodeHeaders,
  toEmulatorRequest,
  toResponse,
} from '../../../src/emulator/http/fetch-adapter.ts'
import { bytesOf } from '../emulator-with-client.ts'

async function readAll(body: AsyncIterable<Uint8Array> | null) {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer())
}

describe('from Request to the local OSS', () => {
  it('takes target, host and headers over, and the length that a client would send', async () => {
    const request = new Request('http://b.localhost:9000/a%20b?x=1#y', {
      method: 'PUT',
      body: bytesOf('abc'),
      headers: { 'X-OSS-Meta-A': 'ä' },
    })
    const seen = await toEmulatorRequest(request, undefined)
    expect(seen).toMatchObject({ method: 'PUT', target: '/a%20b?x=1', secure: false })
    expect(seen.headers).toMatchObject({
      host: 'b.localhost:9000',
      'content-length': '3',
      'x-oss-meta-a': 'ä',
    })
    expect(await readAll(seen.body)).toEqual(bytesOf('abc'))
  })

  it('prefers a raw target and a given Host and length', async () => {
    const headers = { host: 'other', 'content-length': '9' }
    const request = new Request('https://b.localhost/c', { headers })
    const seen = await toEmulatorRequest(request, '/a/../c')
    expect(seen).toMatchObject({ target: '/a/../c', secure: true, body: null })
    expect(seen.headers).toMatchObject(headers)
  })

  it('treats a long body as chunked, and passes on every byte', async () => {
    const piece = new Uint8Array(1024 * 1024).fill(7)
    let left = 70
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left === 0) controller.close()
        else controller.enqueue(piece)
        left -= 1
      },
    })
    const request = new Request('http://b.localhost/a', {
      method: 'PUT',
      body,
      duplex: 'half',
    } as RequestInit)
    const seen = await toEmulatorRequest(request, undefined)
    expect(seen.headers['transfer-encoding']).toBe('chunked')
    expect(seen.headers['content-length']).toBeUndefined()
    expect((await readAll(seen.body)).length).toBe(70 * 1024 * 1024)
  })
})

describe('from the local OSS to Response', () => {
  it('streams, and closes when the reader goes away', async () => {
    let closed = 0
    async function* chunks() {
      yield bytesOf('a')
      yield bytesOf('b')
    }
    const reply = () => ({
      status: 200,
      headers: {},
      body: {
        chunks: chunks(),
        close: () => {
          closed += 1
        },
      },
    })
    expect(await toResponse(reply()).text()).toBe('ab')
    const reader = toResponse(reply()).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(closed).toBe(1)
  })

  it('writes headers as bytes, without line ends', () => {
    expect(encodeHeaders({ a: '中', b: 'x\r\ny', c: 'plain' })).toEqual({
      a: '\u00e4\u00b8\u00ad',
      b: 'x  y',
      c: 'plain',
    })
  })
})
