import { describe, expect, it, vi } from 'vitest'
import { createStopper } from '../../../client/mini/stop-signal.ts'

describe('createStopper', () => {
  it('tells every listener once, with a reason', () => {
    const { signal, stop } = createStopper()
    const listener = vi.fn()
    signal.addEventListener('abort', listener)
    signal.throwIfAborted()
    stop('enough')
    stop('again')
    expect(listener).toHaveBeenCalledTimes(1)
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough'])
    expect(() => signal.throwIfAborted()).toThrow('enough')
  })

  it('tells no listener that was removed, not even by another one', () => {
    const { signal, stop } = createStopper()
    const listener = vi.fn()
    signal.addEventListener('abort', listener)
    signal.removeEventListener('abort', listener)
    stop('enough')
    expect(listener).not.toHaveBeenCalled()
  })
})
