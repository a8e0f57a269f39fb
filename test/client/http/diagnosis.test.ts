import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDiagnosis } from '../../../client/http/diagnosis.ts'
import { sendByXhr } from '../../../client/http/transport.ts'
import type { TransportRequest } from '../../../client/options.ts'
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

describe('why there was no response', () => {
  it('a missing CORS rule, once the host has refused for a while', async () => {
    const error = await createDiagnosis(sendByXhr, 0)(build('/closed-bucket/x')).catch((e) => e)
    expect(error).toMatchObject({ code: 'CORS', retryable: false })
    expect(error.message).toContain(oss)
  })

  it('not at once: a gateway that restarts responds without CORS headers too', async () => {
    const done = createDiagnosis(sendByXhr, 60_000)(build('/closed-bucket/x'))
    await expect(done).rejects.toMatchObject({ code: 'NETWORK', retryable: true })
  })

  it('a host that has responded before is only broken now', async () => {
    const transport = createDiagnosis(sendByXhr, 0)
    expect((await transport(build('/open-bucket/x'))).status).toBe(403)
    await setRules({ loseResponses: { match: '/open-bucket/x', times: 9 } })
    await expect(transport(build('/open-bucket/x'))).rejects.toMatchObject({ code: 'NETWORK' })
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
