/**
 * An AbortSignal for runtimes that have none (mini programs) or an old one (React Native's has neither `reason` nor
 * `throwIfAborted`).
 */

export interface Stopper {
  signal: AbortSignal
  /** Once; what follows is ignored. */
  stop(reason: unknown): void
}

export function createStopper(): Stopper {
  const listeners = new Set<(event: Event) => void>()
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    onabort: null,
    throwIfAborted() {
      if (signal.aborted) throw signal.reason
    },
    addEventListener(_type: string, listener: (event: Event) => void) {
      listeners.add(listener)
    },
    removeEventListener(_type: string, listener: (event: Event) => void) {
      listeners.delete(listener)
    },
    dispatchEvent: () => false,
  }
  return {
    signal,
    stop(reason) {
      if (signal.aborted) return
      signal.aborted = true
      signal.reason = reason
      for (const listener of [...listeners]) listener({ type: 'abort' } as Event)
    },
  }
}
