import { describe, expect, it, vi } from 'vitest'
import type { TransportRequest, TransportResponse } from '../../../client/options.ts'
import { createListTransport } from '../../../client/upload/ticket-lists.ts'
import { createProblem, createResponse } from '../../support/fake-transport.ts'

interface Setup {
  send: (request: TransportRequest) => Promise<TransportResponse>
  /** Sizes of the files in each call. */
  calls: number[][]
  signals: AbortSignal[]
}

function createSetup(
  respond: (sizes: number[], isList: boolean) => TransportResponse | Promise<TransportResponse>,
): Setup {
  const calls: number[][] = []
  const signals: AbortSignal[] = []
  const send = createListTransport(async ({ stage, body, signal }) => {
    if (stage === 'send') return createResponse(200)
    const { uploads, size } = JSON.parse(String(body))
    const sizes = uploads ? uploads.map((one: { size: number }) => one.size) : [size]
    calls.push(sizes)
    signals.push(signal)
    return respond(sizes, Boolean(uploads))
  })
  return { send, calls, signals }
}

function sign(size: number, more: Partial<TransportRequest> = {}): TransportRequest {
  return {
    ...{ method: 'POST', url: 'https://up.test/uploads', stage: 'sign', stallTimeoutMs: 1000 },
    headers: { authorization: 'Bearer a' },
    body: JSON.stringify({ size }),
    signal: new AbortController().signal,
    ...more,
  }
}

/** The first bytes of these uploads leave. */
const use = (send: Setup['send'], requests: readonly TransportRequest[]) =>
  Promise.all(requests.map((request) => send({ ...request, stage: 'send' })))

const createTicket = (size: number) => ({ session: `s${size}`, kind: 'form' })
const respondWell = (sizes: number[], isList: boolean) =>
  isList
    ? createResponse(200, { tickets: sizes.map(createTicket) })
    : createResponse(201, createTicket(sizes[0] ?? 0))

const readSession = ({ text }: TransportResponse) => JSON.parse(text).session

describe('lists of tickets', () => {
  it('hold requests for a moment and give each its own ticket', async () => {
    const { send, calls } = createSetup(respondWell)
    const responses = await Promise.all([1, 2, 3].map((size) => send(sign(size))))
    expect(responses.map(({ status, text }) => [status, JSON.parse(text).session])).toEqual([
      [201, 's1'],
      [201, 's2'],
      [201, 's3'],
    ])
    expect(calls).toEqual([[1, 2, 3]])
  })

  it('have at most 50, and grow while tickets are left', async () => {
    const { send, calls } = createSetup(respondWell)
    const requests = Array.from({ length: 60 }, (_, at) => sign(at))
    const first = requests.map(send)
    await Promise.all(first.slice(0, 50))
    // 50 tickets are unused: the other ten requests wait for more.
    const later = [60, 61].map((size) => send(sign(size)))
    await use(send, requests.slice(0, 45))
    await Promise.all([...first, ...later])
    expect(calls.map(({ length }) => length)).toEqual([50, 12])
  })

  it('do not wait for tickets of uploads that were cancelled', async () => {
    const { send, calls } = createSetup(respondWell)
    const controller = new AbortController()
    const { signal } = controller
    await Promise.all(Array.from({ length: 50 }, (_, at) => send(sign(at, { signal }))))
    controller.abort()
    const startedAt = performance.now()
    await send(sign(7))
    // It would be 5 s.
    expect(performance.now() - startedAt).toBeLessThan(4000)
    expect(calls.map(({ length }) => length)).toEqual([50, 1])
  })

  it('wait no longer than five seconds for tickets that are never used', async () => {
    vi.useFakeTimers()
    try {
      const { send, calls } = createSetup(respondWell)
      const first = Array.from({ length: 50 }, (_, at) => send(sign(at)))
      await vi.advanceTimersByTimeAsync(20)
      await Promise.all(first)
      const last = send(sign(7))
      await vi.advanceTimersByTimeAsync(4900)
      expect(calls).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(200)
      await last
      expect(calls.map(({ length }) => length)).toEqual([50, 1])
    } finally {
      vi.useRealTimers()
    }
  })

  it('are of one user and one service', async () => {
    const { send, calls } = createSetup(respondWell)
    const other = { headers: { authorization: 'Bearer b' } }
    await Promise.all([send(sign(1)), send(sign(2, other)), send(sign(3))])
    expect(calls).toEqual([[1, 3], [2]])
  })

  it('leave out large files, and every other request', async () => {
    const { send, calls } = createSetup(respondWell)
    const parts = { url: 'https://up.test/uploads/parts' }
    await Promise.all([send(sign(2 ** 20 + 1)), send(sign(5, parts)), send(sign(1)), send(sign(2))])
    expect(calls).toEqual([[2 ** 20 + 1], [5], [1, 2]])
  })
})

describe('when a list fails', () => {
  it('what has no ticket is asked for alone', async () => {
    const { send, calls } = createSetup((sizes, isList) =>
      isList
        ? createResponse(200, {
            tickets: sizes.map((size) =>
              size === 2 ? { error: { code: 'TYPE_REFUSED' } } : createTicket(size),
            ),
          })
        : createProblem(415, 'TYPE_REFUSED'),
    )
    const [good, bad] = await Promise.all([send(sign(1)), send(sign(2))])
    expect([good?.status, bad?.status]).toEqual([201, 415])
    expect(calls).toEqual([[1, 2], [2]])
  })

  it('a service that knows no lists is asked for each', async () => {
    const { send, calls } = createSetup((sizes, isList) =>
      isList ? createProblem(400, 'BODY_FIELD') : respondWell(sizes, false),
    )
    const responses = await Promise.all([send(sign(1)), send(sign(2))])
    expect(responses.map(readSession)).toEqual(['s1', 's2'])
    expect(calls).toEqual([[1, 2], [1], [2]])
  })

  it.each([429, 503])('%i is the response of each', async (status) => {
    const { send, calls } = createSetup(() => createProblem(status, 'BUSY', true))
    const responses = await Promise.all([send(sign(1)), send(sign(2))])
    expect(responses.map((response) => response.status)).toEqual([status, status])
    expect(calls).toHaveLength(1)
  })

  it('a broken line is the error of each', async () => {
    const { send } = createSetup(() => Promise.reject(new Error('cut')))
    const ends = await Promise.allSettled([send(sign(1)), send(sign(2))])
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected'])
  })
})

describe('when uploads are cancelled', () => {
  it('the others keep their list; the last one ends the call', async () => {
    let finish: (response: TransportResponse) => void = () => {}
    const { send, signals } = createSetup(
      () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    )
    const controllers = [new AbortController(), new AbortController()] as const
    const [first, second] = controllers.map(({ signal }, at) => send(sign(at, { signal })))
    await expect.poll(() => signals.length).toBe(1)
    controllers[0].abort(new Error('mine'))
    await expect(first).rejects.toThrow('mine')
    expect(signals[0]?.aborted).toBe(false)
    finish(createResponse(200, { tickets: [createTicket(0), createTicket(1)] }))
    expect(readSession((await second) as TransportResponse)).toBe('s1')
  })

  it('all of them, and the call ends', async () => {
    const { send, signals } = createSetup(() => new Promise(() => {}))
    const controller = new AbortController()
    const { signal } = controller
    const both = [send(sign(1, { signal })), send(sign(2, { signal }))]
    await expect.poll(() => signals.length).toBe(1)
    controller.abort(new Error('closed'))
    await Promise.allSettled(both)
    expect(signals[0]?.aborted).toBe(true)
  })

  it('before the list is sent, and it does not have them', async () => {
    const { send, calls } = createSetup(respondWell)
    const controller = new AbortController()
    const gone = send(sign(1, { signal: controller.signal }))
    const others = [send(sign(2)), send(sign(3))]
    controller.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    await Promise.all(others)
    expect(calls).toEqual([[2, 3]])
  })
})
