/** Every way in which a call of the service fails, on sockets. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createApiClient } from '../../src/api/client.ts'
import { ApiError } from '../../src/api/errors.ts'

describe('errors of the client', () => {
  async function failBy(
    respond: (response: ServerResponse) => void,
    options: object = {},
  ): Promise<unknown> {
    const other = createServer((_, response) => respond(response)).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/a`
    try {
      const client = createApiClient({ endpoint: url, ...options })
      const error = await client.readHealth().catch((caught) => caught)
      if (!(error instanceof ApiError)) throw error
      expect(error.message).not.toContain('127.0.0.1')
      const { code, status, serviceCode, retryable, retryAfterSeconds } = error
      return { code, status, serviceCode, retryable, retryAfterSeconds }
    } finally {
      other.closeAllConnections()
      other.close()
    }
  }
  const none = { serviceCode: undefined, retryAfterSeconds: undefined, status: undefined }

  it('of a proxy are told apart from those of the service', async () => {
    const page = (status: number) =>
      failBy((response) => response.writeHead(status).end('<html>Bad gateway</html>'))
    const unknown = { ...none, code: 'RESPONSE_UNKNOWN' }
    expect(await page(502)).toEqual({ ...unknown, status: 502, retryable: true })
    expect(await page(200)).toEqual({ ...unknown, status: 200, retryable: false })
    expect(await page(302)).toEqual({ ...unknown, status: 302, retryable: false })
  })

  it('carry the wait that the service asks for', async () => {
    const error = { code: 'RATE_LIMITED', message: 'Later.', requestId: 'r', retryable: true }
    const refused = await failBy((response) =>
      response.writeHead(429, { 'retry-after': '7' }).end(JSON.stringify({ error })),
    )
    expect(refused).toEqual({
      code: 'SERVICE_REFUSED',
      status: 429,
      serviceCode: 'RATE_LIMITED',
      retryable: true,
      retryAfterSeconds: 7,
    })
  })

  it('of a line that is cut, of silence, and of a body without end', async () => {
    const unreachable = { ...none, code: 'SERVICE_UNREACHABLE', retryable: true }
    expect(await failBy((response) => response.socket?.resetAndDestroy())).toEqual(unreachable)
    expect(await failBy((response) => response.socket?.destroy())).toEqual(unreachable)
    expect(await failBy(() => {}, { timeoutMs: 50 })).toEqual(unreachable)
    expect(
      await failBy((response) => void response.writeHead(200).end('x'.repeat(3_000_000))),
    ).toEqual(unreachable)
  })

  it('of the caller’s own signal are the caller’s reason', async () => {
    const signal = AbortSignal.abort(new Error('closed'))
    const endpoint = 'http://127.0.0.1:9'
    await expect(createApiClient({ endpoint, signal }).readHealth()).rejects.toThrow('closed')
  })
})
