/**
 * Turns: a few at the same time. The file with the fewest turns goes first, then the smallest file.
 */
import { SIMPLE_BELOW_BYTES } from './simple.ts'

/** Requests that send bytes at the same time: more do not fill a line better, and lose more when it breaks. */
export const DEFAULT_CONCURRENCY = 4
/** With those that wait for a response, and with small files: browsers open six connections to a host. */
export const MAX_OPEN = 6

export interface Owner {
  readonly file: { readonly size: number }
  /** Turns that it has now, at all gates. */
  turns: number
}

/** Ends a turn, to be called once; before that, any number of times, that its bytes are sent. */
export type Leave = (isOnlySent?: boolean) => void

export interface Gate {
  /** @throws the signal's reason */
  enter(owner: Owner, signal: AbortSignal): Promise<Leave>
}

interface Waiter {
  owner: Owner
  start: () => void
}

/**
 * @param limit turns that send
 * @param most turns in all: of small files, and of what only waits for its response
 */
export function createGate(limit: number, most = limit): Gate {
  const waiting: Waiter[] = []
  let taken = 0
  let sending = 0

  function admit(): void {
    for (;;) {
      // Nearly sorted already, therefore cheap.
      waiting.sort(({ owner: a }, { owner: b }) => a.turns - b.turns || a.file.size - b.file.size)
      const [next] = waiting
      if (!next || taken >= most) return
      if (sending >= limit && next.owner.file.size >= SIMPLE_BELOW_BYTES) return
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
            sending += 1
            owner.turns += 1
            let isSending = 1
            resolve((isOnlySent) => {
              sending -= isSending
              isSending = 0
              if (!isOnlySent) {
                taken -= 1
                owner.turns -= 1
              }
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
export function createPool(chosen?: number, ahead = 2 * (chosen ?? MAX_OPEN)): Pool {
  const concurrency = chosen ?? DEFAULT_CONCURRENCY
  return {
    small: createGate(ahead),
    large: createGate(concurrency),
    requests: createGate(concurrency, chosen ?? MAX_OPEN),
  }
}
