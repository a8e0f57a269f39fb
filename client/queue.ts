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
  limit: number
  /** @returns what ends the turn; ending it twice does nothing. @throws the signal's reason */
  enter(owner: Owner, signal: AbortSignal): Promise<() => void>
}

interface Waiter {
  owner: Owner
  start: () => void
}

function compare({ owner: a }: Waiter, { owner: b }: Waiter): number {
  return a.turns - b.turns || a.size - b.size
}

export function createGate(limit: number): Gate {
  const waiting: Waiter[] = []
  let taken = 0
  let isPlanned = false

  function admit(): void {
    isPlanned = false
    while (taken < gate.limit && waiting.length) {
      let best = 0
      waiting.forEach((waiter, at) => {
        if (compare(waiter, waiting[best] ?? waiter) < 0) best = at
      })
      waiting.splice(best, 1)[0]?.start()
    }
  }

  /** A moment later, so that of many files in one drop the smallest is first. */
  function plan(): void {
    if (!isPlanned) queueMicrotask(admit)
    isPlanned = true
  }

  const gate: Gate = {
    limit,
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
            let isOver = false
            resolve(() => {
              if (isOver) return
              isOver = true
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
  return gate
}

/** One pool for all files of an uploader. */
export interface Pool {
  /** Files of one request. More than there are requests, so that tickets are fetched ahead. */
  small: Gate
  /** Files of many requests: the next is opened when one is through. */
  large: Gate
  /** Requests that carry bytes. */
  requests: Gate
  resize(concurrency: number): void
}

export function createPool(concurrency: number): Pool {
  const pool: Pool = {
    small: createGate(2 * concurrency),
    large: createGate(concurrency),
    requests: createGate(concurrency),
    resize(limit) {
      pool.requests.limit = pool.large.limit = limit
      pool.small.limit = 2 * limit
    },
  }
  return pool
}
