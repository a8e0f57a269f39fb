import { describe, expect, it, vi } from 'vitest'
import type { CallbackFault, RequestFault } from '../../../src/emulator/behavior/faults.ts'
import { wait } from '../../../src/emulator/behavior/faults.ts'
import { ConnectionDropped } from '../../../src/emulator/http/message.ts'
import { encodeCallback } from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  NOW,
  readElement,
  readError,
} from '../emulator-with-client.ts'

const { callback } = encodeCallback({ url: 'https://cb.example.com/', body: 'size=${size}' })

function setUp({
  request,
  callback: onCall,
}: {
  request?: RequestFault
  callback?: CallbackFault
}) {
  let armed = true
  const fixture = createEmulatorWithClient({
    faults: {
      onRequest: () => (armed ? request : undefined),
      onCallback: () => onCall,
    },
  })
  const put = () =>
    fixture.send(
      { method: 'PUT', key: 'a', headers: { 'x-oss-callback': callback } },
      bytesOf('hello'),
    )
  const isStored = async () => {
    armed = false
    return (await fixture.send({ method: 'HEAD', key: 'a' })).status === 200
  }
  return { ...fixture, put, isStored }
}

describe('planned faults', () => {
  it('drop the connection before or after storing', async () => {
    for (const when of ['before-storing', 'after-storing'] as const) {
      const { put, isStored, received, emulator } = setUp({ request: { kind: 'drop', when } })
      await expect(put()).rejects.toBeInstanceOf(ConnectionDropped)
      expect(emulator.log.requests.at(-1)?.status).toBe(0)
      expect(await isStored()).toBe(when === 'after-storing')
      expect(received).toHaveLength(when === 'after-storing' ? 1 : 0)
    }
  })

  it('reply with 500 or 503 with nothing stored', async () => {
    for (const [status, code] of [
      [500, 'InternalError'],
      [503, 'ServiceUnavailable'],
    ] as const) {
      const { put, isStored, emulator } = setUp({ request: { kind: 'error', status } })
      expect(await readError(await put())).toMatchObject({ status, code })
      expect(emulator.log.requests.at(-1)?.detail).toBe('')
      expect(await isStored()).toBe(false)
    }
  })

  it('delay a response', async () => {
    vi.useFakeTimers()
    try {
      const { put } = setUp({ request: { kind: 'latency', ms: 60_000 } })
      const pending = put()
      await vi.advanceTimersByTimeAsync(60_000)
      expect((await pending).status).toBe(200)
      const waited = wait(5)
      await vi.advanceTimersByTimeAsync(5)
      await waited
    } finally {
      vi.useRealTimers()
    }
  })

  it.each<[CallbackFault, string]>([
    [{ kind: 'unreachable' }, ''],
    [{ kind: 'timeout' }, '0007-00000202'],
    [{ kind: 'response', status: 500 }, '0007-00000203'],
    [{ kind: 'response', body: '{' }, '0007-00000205'],
    [{ kind: 'response', withoutLength: true }, ''],
  ])('break a callback: %j', async (fault, ec) => {
    const { put, isStored } = setUp({ callback: fault })
    expect(await readError(await put())).toMatchObject({ status: 203, code: 'CallbackFailed', ec })
    expect(await isStored()).toBe(true)
  })

  it('repeat a callback, byte for byte, as an attacker would', async () => {
    const { put, received } = setUp({ callback: { kind: 'repeat', times: 3 } })
    expect((await put()).status).toBe(200)
    expect(received).toHaveLength(3)
    expect(new Set(received.map(({ request }) => request.headers.get('authorization'))).size).toBe(
      1,
    )
  })

  it('delay a callback', async () => {
    const { put, received } = setUp({ callback: { kind: 'delay', ms: 1 } })
    expect((await put()).status).toBe(200)
    expect(received).toHaveLength(1)
  })

  it('set the clock of the local OSS off', async () => {
    const { send } = createEmulatorWithClient({ clockOffsetSeconds: 901 })
    const response = await send({ method: 'GET', key: 'a' })
    expect(response.headers.get('date')).toBe(new Date(NOW.getTime() + 901_000).toUTCString())
    const { xml, code } = await readError(response)
    expect(code).toBe('RequestTimeTooSkewed')
    expect(readElement(xml, 'ServerTime')).toBe('2030-01-02T03:19:06.000Z')
  })

  it('know which part is meant', async () => {
    const seen: unknown[] = []
    const { send } = createEmulatorWithClient({
      faults: { onRequest: (about) => void seen.push(about) },
    })
    await send({ method: 'PUT', key: 'k', query: { partNumber: '7', uploadId: 'x' } }, bytesOf('x'))
    expect(seen).toEqual([
      { method: 'PUT', operation: 'UploadPart', bucket: BUCKET, key: 'k', partNumber: 7 },
    ])
  })
})
