import { describe, expect, it } from 'vitest'
import { createServiceCaller, type ServiceOptions } from '../../src/oss/service-calls.ts'

function setUp(responses: (() => Response)[], more: Partial<ServiceOptions> = {}) {
  const requests: Request[] = []
  const caller = createServiceCaller({
    endpoint: 'https://uploads.example.com/api/',
    retryDelays: [1, 1],
    fetch: async (input, init) => {
      requests.push(new Request(input, init))
      const respond = responses.shift()
      if (!respond) throw new TypeError('cut')
      return respond()
    },
    ...more,
  })
  return { caller, requests }
}

const refuse =
  (status: number, error: object, headers = {}) =>
  () =>
    Response.json({ error: { message: 'Words.', requestId: 'r-1', ...error } }, { status, headers })

describe('a call of the service', () => {
  it('sends JSON with the headers of the moment', async () => {
    let token = 0
    const { caller, requests } = setUp(
      [refuse(503, { retryable: true }), () => Response.json({ ok: 1 })],
      {
        headers: async () => {
          token += 1
          return { authorization: `Bearer ${token}` }
        },
      },
    )
    expect(await caller.ask('/confirm', { session: 's' })).toEqual({ ok: 1 })
    expect(requests.map(({ url }) => url)).toEqual(
      Array(2).fill('https://uploads.example.com/api/uploads/confirm'),
    )
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer 1',
      'Bearer 2',
    ])
    expect(await requests[1]?.json()).toEqual({ session: 's' })
  })

  it('is repeated when nothing came back, and ends after all attempts', async () => {
    const { caller, requests } = setUp([])
    await expect(caller.ask('', {})).rejects.toMatchObject({ code: 'OSS_UNREACHABLE' })
    expect(requests).toHaveLength(3)
  })

  it('tells before each wait what failed, and how long it waits', async () => {
    const notices: object[] = []
    const busy = refuse(429, { code: 'RATE_LIMITED', retryable: true }, { 'retry-after': '0.002' })
    const { caller } = setUp([busy], {
      onRetry: ({ error, ...notice }) => notices.push({ ...notice, message: error.message }),
    })
    await expect(caller.ask('', {})).rejects.toMatchObject({ code: 'OSS_UNREACHABLE' })
    const message = 'The upload service refused (RATE_LIMITED). Words.'
    const unreachable = 'uploads.example.com did not respond.'
    expect(notices).toEqual([
      { retry: 1, maxRetries: 2, waitMs: 2, message },
      { retry: 2, maxRetries: 2, waitMs: expect.any(Number), message: unreachable },
    ])
  })

  it('tells nothing of what is not repeated', async () => {
    const notices: object[] = []
    const refusal = refuse(403, { code: 'TYPE_REFUSED', retryable: false })
    const { caller } = setUp([refusal], { onRetry: (notice) => notices.push(notice) })
    await expect(caller.ask('', {})).rejects.toMatchObject({ code: 'SERVICE_REFUSED' })
    expect(notices).toEqual([])
  })

  it('is not repeated when the service says that it is of no use', async () => {
    const { caller, requests } = setUp([refuse(403, { code: 'TYPE_REFUSED', retryable: false })])
    await expect(caller.ask('', {})).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      remoteCode: 'TYPE_REFUSED',
      requestId: 'r-1',
      message: 'The upload service refused (TYPE_REFUSED). Words.',
    })
    expect(requests).toHaveLength(1)
  })

  it('takes no page of a proxy for a response', async () => {
    const page = () => new Response('<html></html>', { status: 200 })
    const { caller } = setUp([page, page, page])
    await expect(caller.ask('', {})).rejects.toMatchObject({ code: 'SERVICE_REFUSED', status: 200 })
  })
})
