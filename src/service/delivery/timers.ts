/** Timers as an argument, so that tests can run on a virtual clock. */
export interface Timers {
  set(callback: () => void, delayMs: number): unknown
  clear(timer: unknown): void
}

const clear = (timer: unknown): void => clearTimeout(timer as ReturnType<typeof setTimeout>)

export const systemTimers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear,
}

/** Timers that do not keep a Node process from ending; elsewhere they are like any other. */
export const backgroundTimers: Timers = {
  set(callback, delayMs) {
    const timer: unknown = setTimeout(callback, delayMs)
    if (typeof timer === 'object' && timer && 'unref' in timer) {
      if (typeof timer.unref === 'function') timer.unref()
    }
    return timer
  },
  clear,
}
