import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDiagnosis } from '../../../client/http/diagnosis.ts'
import { sendByXhr } from '../../../client/http/transport.ts'
import type { Transport, TransportRequest } from '../../../client/options.ts'
import { askBackend, setRules } from '../../support/browser-page.ts'

let oss = ''
const build = (path: string, more: Partial<TransportRequest> = {}): TransportRequest => ({
  ...{ method: 'PUT', url: `${oss}${path}`, stage: 'send', stallTimeoutMs: 20_000 },
  ...{ signal: new AbortController().signal, body: new Blob(['x']) },
  ...more,
})

beforeEach(async () => {
  await askBackend('reset')
  oss = await askBackend<string>('ossUrl')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await setRules({})
})

/** Fails so often, one after the other; the last failure counts. */
async function failTimes(transport: Transport, times: number, request: TransportRequest) {
  let error: unknown
  for (let at = 0; at < times; at += 1) error = await transport(request).catch((thrown) => thrown)
  return error
}

describe('why there was no response', () => {
  it('a missing CORS rule, at the second failure, and the console has it at the first', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const transport = createDiagnosis(sendByXhr, 0)
    const request = build('/closed-bucket/x', { onSent: () => {} })
    const first = await failTimes(transport, 1, request)
    expect(first).toMatchObject({ code: 'NETWORK', retryable: true })
    expect(warn.mock.calls[0]?.[0]).toContain(`No readable response from ${oss}`)
    const second = await failTimes(transport, 1, request)
    expect(second).toMatchObject({ code: 'CORS', retryable: false })
    expect((second as Error).message).toContain(oss)
  })

  it.each([
    ['within a few seconds for a request with progress', true, 'CORS'],
    [
      'not for one without: a gateway that restarts responds without CORS headers too',
      false,
      'NETWORK',
    ],
  ])(
    'a missing CORS rule, %s',
    async (_, hasProgress, code) => {
      vi.spyOn(console, 'warn').mockImplementation(() => {})
      const transport = createDiagnosis(sendByXhr)
      const request = build('/closed-bucket/x', hasProgress ? { onSent: () => {} } : {})
      await failTimes(transport, 1, request)
      await new Promise((resolve) => setTimeout(resolve, 4100))
      expect(await failTimes(transport, 1, request)).toMatchObject({ code })
    },
    10_000,
  )

  it('time without a network does not count towards it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const transport = createDiagnosis(sendByXhr, 0.01)
    const request = build('/closed-bucket/x', { onSent: () => {} })
    await setRules({ refuse: true })
    await failTimes(transport, 2, request)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await setRules({})
    expect(await failTimes(transport, 1, request)).toMatchObject({ code: 'NETWORK' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await failTimes(transport, 1, request)).toMatchObject({ code: 'CORS' })
  })

  it('a line that broke after the first byte: its CORS rule is there', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    // More than three: Firefox itself repeats a request whose connection was closed. Slow, so that it has told of progress
    // before the cut.
    await setRules({ cutNext: 100, bytesPerSecond: 4_000_000 })
    const url = await askBackend<string>('sign', { key: crypto.randomUUID() })
    const body = new Blob([new Uint8Array(4_000_000)])
    const request = build('', { url, body, onSent: () => {} })
    const error = await failTimes(createDiagnosis(sendByXhr, 0), 3, request)
    expect(error).toMatchObject({ code: 'NETWORK' })
    expect(warn).not.toHaveBeenCalled()
  })

  it('a host that has responded before is only broken now', async () => {
    const transport = createDiagnosis(sendByXhr, 0)
    expect((await transport(build('/open-bucket/x'))).status).toBe(403)
    // Firefox itself repeats a request whose connection was closed.
    await setRules({ loseResponses: { match: '/open-bucket/x', times: 100 } })
    expect(await failTimes(transport, 2, build('/open-bucket/x'))).toMatchObject({
      code: 'NETWORK',
    })
  })

  it('a host that is not there', async () => {
    await setRules({ refuse: true })
    const done = createDiagnosis(sendByXhr, 0)(build('/open-bucket/x'))
    await expect(done).rejects.toMatchObject({ code: 'NETWORK' })
  })

  it('a device that is offline', async () => {
    await setRules({ refuse: true })
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const done = createDiagnosis(sendByXhr, 0)(build('/open-bucket/x'))
    await expect(done).rejects.toMatchObject({ code: 'OFFLINE', retryable: true })
  })

  it('a Content-Security-Policy of the page', async () => {
    const meta = document.createElement('meta')
    meta.httpEquiv = 'Content-Security-Policy'
    // Policies cannot be taken back: this one blocks a host that no other test needs.
    // The socket of the test runner by its name: for WebKit a bare ws: means http: too.
    meta.content = `connect-src 'self' ws://${location.host} data: blob: ${oss} ${new URL(await askBackend<string>('controlUrl')).origin} http://127.0.0.1:*`
    document.head.append(meta)
    const error = await createDiagnosis(
      sendByXhr,
      0,
    )(build('', { url: 'http://localhost:8999/x', method: 'POST' })).catch((e) => e)
    expect(error).toMatchObject({ code: 'CSP', retryable: false })
  })
})
