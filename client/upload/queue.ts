/**
 * Turns: a few at the same time. The file with the fewest turns goes first, then the smallest file.
 */
import { SIMPLE_BELOW_BYTES } from './simple.ts'

/** Requests with file bytes at the same time: of the six connections that browsers open to a host, two are left for the page. */
export const DEFAULT_CONCURRENCY = 4
/** Of small files all six: each is sent soon, and waits most of its time for a response. */
const DEFAULT_SMALL_AT_ONCE = 6

export interface Owner {
  readonly file: { readonly size: number }
  /** Turns that it has now, at all gates. */
  turns: number
}

export interface Gate {
  /** @returns a function that ends the turn, to be called once. @throws the signal's reason */
  enter(owner: Owner, signal: AbortSignal): Promise<() => void>
}

interface Waiter {
  owner: Owner
  start: () => void
}

/** @param smallLimit a small file gets a turn while fewer than this are taken */
export function createGate(limit: number, smallLimit = limit): Gate {
  const waiting: Waiter[] = []
  let taken = 0

  function admit(): void {
    for (;;) {
      // Nearly sorted already, therefore cheap.
      waiting.sort(({ owner: a }, { owner: b }) => a.turns - b.turns || a.file.size - b.file.size)
      const [next] = waiting
      if (!next || taken >= (next.owner.file.size < SIMPLE_BELOW_BYTES ? smallLimit : limit)) return
      waiting.shift()
      next.start()
    }
  }

  /** In a microtask, so that of many files added together the smallest is first. */
  const plan = () => Promise.resolve().then(admit)

  return {
    enter: (owner, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const leave = () => {
          waiting.splice(waiting.indexOf(waiter), 1)
          reject(signal.reason)
        }
        const waiter: Waiter = {
          owner,
          start() {
            signal.removeEventListener('abort', leave)
            taken += 1
            owner.turns += 1
            resolve(() => {
              taken -= 1
              owner.turns -= 1
              plan()
            })
          },
        }
        signal.addEventListener('abort', leave)
        waiting.push(waiter)
        plan()
      }),
  }
}

/** One pool for all files of an uploader. */
export interface Pool {
  /** Files of one request. More than there are requests, so that tickets are fetched in advance. */
  small: Gate
  /** Files of many requests: the next starts when one is finished. */
  large: Gate
  /** Requests with file bytes. */
  requests: Gate
}

/** @param chosen requests at the same time, of all sizes */
export function createPool(chosen?: number, ahead = 2 * (chosen ?? DEFAULT_SMALL_AT_ONCE)): Pool {
  const concurrency = chosen ?? DEFAULT_CONCURRENCY
  return {
    small: createGate(ahead),
    large: createGate(concurrency),
    requests: createGate(concurrency, chosen ?? DEFAULT_SMALL_AT_ONCE),
  }
}
