/** The core of a discrete-event simulation: a clock, and a heap of what happens when. Events at one time keep their order. */
export interface Simulation {
  /** Since the start, ms. */
  readonly nowMs: number
  /** Events that happened. */
  readonly events: number
  /** @param delayMs 0 or more */
  after(delayMs: number, happen: () => void): void
  /** Everything that happens up to this time. What is due later is left. */
  run(untilMs: number): void
}

interface Event {
  atMs: number
  order: number
  happen: () => void
}

const isBefore = (one: Event, other: Event): boolean =>
  one.atMs !== other.atMs ? one.atMs < other.atMs : one.order < other.order

export function createSimulation(): Simulation {
  const heap: Event[] = []
  let nowMs = 0
  let order = 0
  let events = 0

  function push(event: Event): void {
    let at = heap.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (!parent || !isBefore(event, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = event
  }

  function pop(): Event | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (!last || last === first) return first
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      let child = heap[childAt]
      const right = heap[childAt + 1]
      if (child && right && isBefore(right, child)) {
        childAt += 1
        child = right
      }
      if (!child || !isBefore(child, last)) break
      heap[at] = child
      at = childAt
    }
    heap[at] = last
    return first
  }

  return {
    get nowMs() {
      return nowMs
    },
    get events() {
      return events
    },
    after(delayMs, happen) {
      if (!(delayMs >= 0)) throw new RangeError(`A delay of ${delayMs} ms.`)
      push({ atMs: nowMs + delayMs, order, happen })
      order += 1
    },
    run(untilMs) {
      for (let next = heap[0]; next && next.atMs <= untilMs; next = heap[0]) {
        pop()
        nowMs = next.atMs
        events += 1
        next.happen()
      }
      nowMs = Math.max(nowMs, untilMs)
    },
  }
}
