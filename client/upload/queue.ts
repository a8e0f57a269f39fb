/**
 * Turns: at most `limit` at the same time. The file with the fewest turns goes first, then the smallest file.
 */
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

export function createGate(limit: number): Gate {
  const waiting: Waiter[] = []
  let taken = 0

  function admit(): void {
    while (taken < limit && waiting.length) {
      // Nearly sorted already, therefore cheap.
      waiting.sort(({ owner: a }, { owner: b }) => a.turns - b.turns || a.file.size - b.file.size)
      waiting.shift()?.start()
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

export function createPool(concurrency = 4, ahead = 2 * concurrency): Pool {
  return {
    small: createGate(ahead),
    large: createGate(concurrency),
    requests: createGate(concurrency),
  }
}
