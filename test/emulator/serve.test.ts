import { describe, expect, it } from 'vitest'
import { bytesOf, createEmulatorWithClient, HOST, readError } from './emulator-with-client.ts'

describe('the steps of a request', () => {
  it('authenticate before authorise: a bad signature is not told what a policy would say', async () => {
    const { emulator } = createEmulatorWithClient()
    const headers = { authorization: 'OSS ak:AAAA', date: 'Wed, 02 Jan 2030 03:04:05 GMT' }
    const response = await emulator.fetch(new Request(`${HOST}/a`, { headers }))
    expect((await readError(response)).code).toBe('SignatureDoesNotMatch')
  })

  it('authorise before handle: a refused request stores nothing and reads no body', async () => {
    const { emulator, send } = createEmulatorWithClient()
    let isRead = false
    const body = new ReadableStream(
      {
        pull(controller) {
          isRead = true
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const init = { method: 'PUT', headers: { 'content-length': '3' }, body, duplex: 'half' }
    const response = await emulator.fetch(new Request(`${HOST}/a`, init as RequestInit))
    expect([response.status, isRead]).toEqual([403, false])
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(404)
  })

  it('apply a planned fault before the signature is looked at', async () => {
    const { emulator } = createEmulatorWithClient({
      faults: { onRequest: () => ({ kind: 'error', status: 503 }) },
    })
    const response = await emulator.fetch(
      new Request(`${HOST}/a`, { method: 'PUT', body: bytesOf('x') }),
    )
    expect((await readError(response)).code).toBe('ServiceUnavailable')
  })

  it('apply planned faults to operations on no bucket too', async () => {
    const asked: unknown[] = []
    const { send } = createEmulatorWithClient({
      faults: {
        onRequest: (request) => {
          asked.push(request)
          return { kind: 'error', status: 503 }
        },
      },
    })
    expect((await send({ method: 'PUT', bucket: 'new-bucket' })).status).toBe(503)
    expect(asked).toEqual([
      { method: 'PUT', operation: 'PutBucket', bucket: 'new-bucket', key: '' },
    ])
  })

  it('leave a form to its fields, whatever its headers say', async () => {
    const { emulator } = createEmulatorWithClient()
    const form = new FormData()
    form.append('key', 'a')
    form.append('file', new Blob(['x']))
    const headers = { authorization: 'OSS ak:AAAA' }
    const response = await emulator.fetch(
      new Request(`${HOST}/`, { method: 'POST', headers, body: form }),
    )
    expect((await readError(response)).code).toBe('AccessDenied')
  })
})
