import { afterEach, describe, expect, it, vi } from 'vitest'
import { UploadError } from '../../../client/http/errors.ts'
import { RETRY_DELAYS_MS, retry, wait } from '../../../client/http/retry.ts'
import type { RetryInfo } from '../../../client/options.ts'

const { signal } = new AbortController()
const fail = (code = 'NETWORK', facts = {}) => new UploadError(code, 'send', facts)

function createTries(outcomes: (UploadError | 'ok')[], onMoved?: (at: number) => number) {
  let tries = 0
  const heard: RetryInfo[] = []
  const options = {
    endpoint: '',
    profile: '',
    retryDelays: [0, 0, 0],
    onRetry: (info: RetryInfo) => heard.push(info),
  }
  const done = retry({ signal, options }, 'send', async (report) => {
    const outcome = outcomes[Math.min(tries, outcomes.length - 1)]
    tries += 1
    if (onMoved) report(onMoved(tries))
    if (outcome instanceof UploadError) throw outcome
    return tries
  })
  return { done, heard, count: () => tries }
}

afterEach(() => void vi.restoreAllMocks())

describe('retry', () => {
  it('repeats what may succeed and says so', async () => {
    const { done, heard } = createTries([fail(), fail('HTTP_503', { retryable: true }), 'ok'])
    expect(await done).toBe(3)
    expect(heard.map(({ code, attempt }) => [code, attempt])).toEqual([
      ['NETWORK', 1],
      ['HTTP_503', 2],
    ])
  })

  it('does not repeat what is the caller’s fault', async () => {
    const { done, count } = createTries([fail('AccessDenied')])
    await expect(done).rejects.toMatchObject({ code: 'AccessDenied', spent: true })
    expect(count()).toBe(1)
  })

  it('ends after its list of delays', async () => {
    const { done, count } = createTries([fail()])
    await expect(done).rejects.toMatchObject({ code: 'NETWORK' })
    expect(count()).toBe(4)
  })

  it('passes on what an inner retry has given up', async () => {
    const error = fail()
    error.spent = true
    const { done, count } = createTries([error])
    await expect(done).rejects.toBe(error)
    expect(count()).toBe(1)
  })

  it('counts anew once bytes got further than ever', async () => {
    const { done } = createTries([...Array(9).fill(fail()), 'ok'], (tries) => tries * 10)
    expect(await done).toBe(10)
  })

  it('ends when every try breaks at the same place: those bytes are no progress', async () => {
    const { done, count } = createTries([fail()], () => 500)
    await expect(done).rejects.toMatchObject({ code: 'NETWORK' })
    expect(count()).toBe(4)
  })

  it('waits a random share of each delay: full jitter', async () => {
    const delays: number[] = []
    vi.spyOn(Math, 'random').mockReturnValue(0.25)
    const options = {
      ...{ endpoint: '', profile: '', retryDelays: [4, 8, 16] },
      onRetry: ({ delayMs }: RetryInfo) => delays.push(delayMs),
    }
    const done = retry({ signal, options }, 'send', () => Promise.reject(fail()))
    await expect(done).rejects.toMatchObject({ code: 'NETWORK' })
    expect(delays).toEqual([1, 2, 4])
  })

  it('waits as long as the server asks for', async () => {
    const { done, heard } = createTries([
      fail('HTTP_429', { retryable: true, retryAfterMs: 3 }),
      'ok',
    ])
    await done
    expect(heard[0]?.delayMs).toBe(3)
  })

  it('has delays of about two minutes at most, none over 30 s', () => {
    expect(Math.max(...RETRY_DELAYS_MS)).toBe(30_000)
    expect(RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay)).toBe(121_000)
  })

  it('goes on at once when the network is back, however long it was away', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const { done, count } = createTries([fail(), 'ok'])
    await vi.waitFor(() => expect(count()).toBe(1))
    online.mockReturnValue(true)
    dispatchEvent(new Event('online'))
    expect(await done).toBe(2)
  })

  it('an HTTP response proves the device online, whatever the browser says', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const { done, heard, count } = createTries([fail('HTTP_503', { status: 503, retryable: true })])
    await expect(done).rejects.toMatchObject({ code: 'HTTP_503' })
    expect(count()).toBe(4)
    expect(heard.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  })

  it('stops with the reason of the signal, not with the last error', async () => {
    const controller = new AbortController()
    const options = { endpoint: '', profile: '', retryDelays: [60_000] }
    const done = retry({ signal: controller.signal, options }, 'send', () => Promise.reject(fail()))
    setTimeout(() => controller.abort('enough'))
    await expect(done).rejects.toBe('enough')
  })
})

describe('wait', () => {
  it('leaves no listener behind, however it ends', async () => {
    const counts = { add: 0, remove: 0 }
    const controller = new AbortController()
    for (const target of [window, controller.signal]) {
      const { addEventListener, removeEventListener } = target
      vi.spyOn(target, 'addEventListener').mockImplementation((...args: unknown[]) => {
        counts.add += 1
        Reflect.apply(addEventListener, target, args)
      })
      vi.spyOn(target, 'removeEventListener').mockImplementation((...args: unknown[]) => {
        counts.remove += 1
        Reflect.apply(removeEventListener, target, args)
      })
    }
    await wait(0, controller.signal, self)
    const woken = wait(60_000, controller.signal, self)
    dispatchEvent(new Event('online'))
    await woken
    const stopped = wait(60_000, controller.signal, self)
    controller.abort('enough')
    await expect(stopped).rejects.toBe('enough')
    await expect(wait(1, controller.signal, self)).rejects.toBe('enough')
    expect(counts.add).toBe(8)
    expect(counts.remove).toBe(8)
  })
})
