/**
 * Work that many requests need, done once for all of them.
 *
 * On Workers, work ends with the request that started it: when that request's connection is reset, the promise of the
 * work never settles. Therefore no request waits for the work of another one without a limit.
 *
 * @see https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil
 */

export interface SingleFlightOptions {
  /** The work is given up after this time, ms. @default 10 000 */
  limitMs?: number | undefined
  /** A request that waits for the work of another one starts the work itself after this time, ms. @default 1 000 */
  takeOverMs?: number | undefined
}

export interface SingleFlight<Value extends object> {
  /**
   * The value of the work that runs, or else of work that starts now.
   *
   * @throws what the work throws; a `DOMException` `TimeoutError` after `limitMs`
   */
  run(now: Date): Promise<Value>
  /** Whether work started less than `limitMs` ago has not ended. Work that was cut off counts until then. */
  isRunning(now: Date): boolean
}

interface Flight<Value extends object> {
  promise: Promise<Value>
  startedAt: Date
  /** What a request started that gave up waiting for this. */
  next?: Flight<Value>
}

/** What `waitAtMost` returns when the time is over. */
export const PENDING = 'pending'

/** Waits at most so long. The timer belongs to the request that waits, so it runs whatever becomes of the work. */
export function waitAtMost<Value extends object>(
  promise: Promise<Value>,
  waitMs: number,
): Promise<Value | typeof PENDING> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(PENDING), waitMs)
    promise.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

/** @param work gets the time at which it starts, and a signal that aborts after `limitMs` */
export function createSingleFlight<Value extends object>(
  work: (now: Date, signal: AbortSignal) => Promise<Value>,
  { limitMs = 10 * 1000, takeOverMs = 1000 }: SingleFlightOptions = {},
): SingleFlight<Value> {
  let current: Flight<Value> | undefined

  async function workWithLimit(now: Date): Promise<Value> {
    const controller = new AbortController()
    const value = await waitAtMost(
      // A turn later: work that throws at once must not throw at the caller.
      Promise.resolve().then(() => work(now, controller.signal)),
      limitMs,
    )
    if (value !== PENDING) return value
    const timeout = new DOMException(`Not done after ${limitMs} ms.`, 'TimeoutError')
    controller.abort(timeout)
    throw timeout
  }

  function start(now: Date): Flight<Value> {
    const flight: Flight<Value> = { promise: workWithLimit(now), startedAt: now }
    const end = (): void => {
      if (current === flight) current = undefined
    }
    // Whoever started it may have stopped waiting: a failure must not go unhandled.
    flight.promise.then(end, end)
    current = flight
    return flight
  }

  return {
    async run(now) {
      if (!current) return start(now).promise
      let flight = current
      for (let waitedMs = 0; waitedMs < limitMs; waitedMs += takeOverMs) {
        const value = await waitAtMost(flight.promise, takeOverMs)
        if (value !== PENDING) return value
        // The first who gives up starts anew; all others join that, finished or not.
        if (!flight.next) {
          flight.next = start(now)
          return flight.next.promise
        }
        flight = flight.next
      }
      throw new DOMException(`Not done after ${limitMs} ms.`, 'TimeoutError')
    },
    isRunning(now) {
      return current !== undefined && now.getTime() - current.startedAt.getTime() < limitMs
    },
  }
}
