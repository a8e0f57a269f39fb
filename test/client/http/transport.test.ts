/** The real thing: XMLHttpRequest over real sockets, with a bad network before OSS. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { sendByXhr as transport } from '../../../client/http/transport.ts'
import type { TransportRequest } from '../../../client/options.ts'
import type { BucketName } from '../../support/browser-backend.ts'
import { askBackend, setRules, takeStats } from '../../support/browser-page.ts'

let controller = new AbortController()
let oss = ''
/** Takes any bytes without a type. */
let good = ''

function build(more: Partial<TransportRequest>): TransportRequest {
  return {
    ...{ method: 'PUT', url: good, stage: 'send', stallTimeoutMs: 20_000 },
    ...{ signal: controller.signal, body: new Blob([new Uint8Array(100_000)]) },
    ...more,
  }
}

beforeEach(async () => {
  await askBackend('reset')
  oss = await askBackend<string>('ossUrl')
  // A key of its own: responses to preflights are cached by URL.
  good = await askBackend<string>('sign', { key: crypto.randomUUID() })
  controller = new AbortController()
})
afterEach(() => setRules({}))

describe('the transport', () => {
  it('resolves with any readable response, its text and its exposed headers', async () => {
    const response = await transport(build({ url: `${oss}/open-bucket/x` }))
    expect(response.status).toBe(403)
    expect(response.text).toContain('<Code>AccessDenied</Code>')
    expect(response.header('X-OSS-Request-Id')).toMatch(/^[0-9A-F]{24}$/)
    expect(response.header('server')).toBeUndefined()
  })

  it('tells the bytes as they leave, up to all of them', async () => {
    const sent: number[] = []
    await transport(build({ onSent: (bytes, total) => sent.push(bytes / total) }))
    expect(sent.at(-1)).toBe(1)
    expect(sent).toEqual([...sent].sort((a, b) => a - b))
  })

  it('is broken: NETWORK', async () => {
    await setRules({ cutNext: 100 })
    await expect(transport(build({}))).rejects.toMatchObject({ code: 'NETWORK', retryable: true })
  })

  it('moves no byte: STALLED, long before the response’s time is over', async () => {
    await setRules({ blackHole: true })
    const body = new Blob([new Uint8Array(20_000_000)])
    const done = transport(build({ body, stallTimeoutMs: 300, onSent: () => {} }))
    await expect(done).rejects.toMatchObject({ code: 'STALLED', retryable: true })
  })

  it('does not call a slow line a stall', async () => {
    await setRules({ bytesPerSecond: 4_000_000 })
    const body = new Blob([new Uint8Array(14_000_000)])
    const response = await transport(build({ body, stallTimeoutMs: 2000, onSent: () => {} }))
    expect(response.status).toBe(200)
  })

  it('waits for the response longer than for a byte: five callback URLs may be tried', async () => {
    await setRules({ latencyMs: 500 })
    const response = await transport(build({ stallTimeoutMs: 1200, onSent: () => {} }))
    expect(response.status).toBe(200)
  })

  it.each([0, 50])('stops after %i ms with the reason of the signal', async (delayMs) => {
    await setRules({ blackHole: true })
    const reason = new Error('enough')
    if (delayMs) setTimeout(() => controller.abort(reason), delayMs)
    else controller.abort(reason)
    await expect(transport(build({}))).rejects.toBe(reason)
  })

  it('takes an untyped slice and sends no Content-Type: the signature covers none', async () => {
    const typed = new File(['abc'], 'a.txt', { type: 'text/plain' })
    const heads = await Promise.all(
      [typed, typed.slice(0, 3)].map(async (body) => {
        const url = `${inject('backendUrl')}/echo`
        return JSON.parse((await transport(build({ url, method: 'POST', body }))).text)
      }),
    )
    expect(heads.map((head) => head['content-type'])).toEqual(['text/plain', undefined])
  })
})

describe('preflights', () => {
  it.each([
    ['form without a listener', 'POST', false, 0],
    ['form with a listener', 'POST', true, 1],
    ['PUT', 'PUT', false, 1],
  ] as const)('a %s needs them: %s', async (_, method, listens, expected) => {
    const bucket: BucketName = 'open-bucket'
    const body = new FormData()
    body.append('file', new Blob(['x']), 'file')
    await transport(
      build({
        method,
        body,
        // Browsers cache a preflight's response by its URL: each case uses a different URL.
        url: method === 'PUT' ? good : `${oss}/${bucket}/?${crypto.randomUUID()}`,
        ...(listens && { onSent: () => {} }),
      }),
    )
    expect((await takeStats()).oss.requests).toBe(1 + expected)
  })
})
