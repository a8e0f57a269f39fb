import { describe, expect, it } from 'vitest'
import { createLog, type RequestEntry } from '../../../src/emulator/operations/log.ts'
import { encodeCallback } from '../../../src/protocol/index.ts'
import { bytesOf, createEmulatorWithClient } from '../emulator-with-client.ts'

const entry = (path: string): RequestEntry => ({
  time: '',
  requestId: '',
  method: 'GET',
  path,
  operation: '',
  bucket: '',
  key: '',
  status: 200,
  code: '',
  ec: '',
  detail: '',
})

describe('the log', () => {
  it('keeps the last 10 000 entries and tells listeners, until they leave', () => {
    const log = createLog()
    let heard = 0
    const leave = log.onRequest(() => {
      heard += 1
    })
    for (let at = 0; at < 10_001; at += 1) log.addRequest(entry(String(at)))
    expect([log.requests.length, log.requests[0]?.path, heard]).toEqual([10_000, '1', 10_001])
    leave()
    log.addRequest(entry('x'))
    expect(heard).toBe(10_001)
    log.clear()
    expect(log.requests).toHaveLength(0)
  })

  it('tells what happened and no secret: no query, no header, no signature', async () => {
    const { emulator, sendUrl } = createEmulatorWithClient()
    const { callback } = encodeCallback({
      url: 'https://cb.example.com/x?planted-token=1',
      body: 'size=${size}',
    })
    await sendUrl({ method: 'PUT', key: 'a b', query: { callback } }, bytesOf('hello'))
    expect(emulator.log.requests).toMatchObject([
      {
        method: 'PUT',
        path: '/a%20b',
        operation: 'PutObject',
        bucket: 'examplebucket',
        key: 'a b',
        status: 200,
        code: '',
        ec: '',
      },
    ])
    expect(emulator.log.callbacks).toMatchObject([
      {
        host: 'cb.example.com',
        path: '/x',
        body: 'size=5',
        bytes: 6,
        status: 200,
        outcome: 'ok',
        message: '',
      },
    ])
    const text = JSON.stringify(emulator.log)
    expect(text).not.toMatch(/x-oss-signature|planted-token|callback=/)
  })
})
