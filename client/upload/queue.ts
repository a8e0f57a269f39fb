/**
 * Turns: at most `limit` at a time, first for the file with the fewest turns, then for the smallest.
 */
export interface Owner {
  /** Bytes of its file. */
  readonly size: number
  /** Turns it has now, at all gates. */
  turns: number
}

export interface Gate {
  /** @returns what ends the turn, to be called once. @throws the signal's reason */
  enter(owner: Owner, signal: AbortSignal): Promise<() => void>
}

interface Waiter {
  owner: Owner
  start: () => void
}

export function createGate(limit: number): Gate {
  const waiting: Waiter[] = []
  let taken = 0

  function admit(): void {
    while (taken < limit && waiting.length) {
      // Sorted but for the few that have had a turn since: cheap.
      waiting.sort(({ owner: a }, { owner: b }) => a.turns - b.turns || a.size - b.size)
      waiting.shift()?.start()
    }
  }

  /** A moment later, so that of many files in one drop the smallest is first. */
  const plan = () => queueMicrotask(admit)

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
  /** Files of one request. More than there are requests, so that tickets are fetched ahead. */
  small: Gate
  /** Files of many requests: the next is opened when one is through. */
  large: Gate
  /** Requests that carry bytes. */
  requests: Gate
}

export function createPool(concurrency = 4): Pool {
  return {
    small: createGate(2 * concurrency),
    large: createGate(concurrency),
    requests: createGate(concurrency),
  }
}
