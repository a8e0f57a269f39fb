import { expect, it } from 'vitest'
import { withTimeLimit } from '../../src/oss/time-limit.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    if (signal.aborted) reject(signal.reason)
  })

it('ends the work after its time', async () => {
  await expect(withTimeLimit(5, undefined, untilAborted)).rejects.toMatchObject({
    name: 'AbortError',
  })
})

it('ends it with the signal of the caller, before or meanwhile, with its reason', async () => {
  const controller = new AbortController()
  const running = withTimeLimit(60_000, controller.signal, untilAborted)
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await expect(withTimeLimit(60_000, controller.signal, untilAborted)).rejects.toThrow('enough')
})

it('leaves no listener behind', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners += 1
    addEventListener.apply(signal, given)
  }
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners -= 1
    removeEventListener.apply(signal, given)
  }
  expect(await withTimeLimit(60_000, signal, async () => 'done')).toBe('done')
  expect(listeners).toBe(0)
})
