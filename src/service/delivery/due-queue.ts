/** A binary heap of what is due: the earliest first, then in the order of the records. */
export interface DueEntry {
  eventId: string
  /** ms since 1970 */
  nextAt: number
  position: number
}

export interface DueQueue {
  push(entry: DueEntry): void
  peek(): DueEntry | undefined
  pop(): DueEntry | undefined
}

const isBefore = (a: DueEntry, b: DueEntry): boolean =>
  a.nextAt !== b.nextAt ? a.nextAt < b.nextAt : a.position < b.position

export function createDueQueue(): DueQueue {
  const heap: DueEntry[] = []

  /** Moves `entry` from the hole at `at` towards the root until its parent is earlier. */
  function siftUp(entry: DueEntry, from: number): void {
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (!parent || !isBefore(entry, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = entry
  }

  /** Moves `entry` from the hole at the root towards the leaves until both children are later. */
  function siftDown(entry: DueEntry): void {
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      const [left, right] = [heap[childAt], heap[childAt + 1]]
      if (!left) break
      if (right && isBefore(right, left)) childAt += 1
      const child = right && isBefore(right, left) ? right : left
      if (!isBefore(child, entry)) break
      heap[at] = child
      at = childAt
    }
    heap[at] = entry
  }

  return {
    push(entry) {
      heap.push(entry)
      siftUp(entry, heap.length - 1)
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0]
      const last = heap.pop()
      if (last && heap.length > 0) siftDown(last)
      return first
    },
  }
}
