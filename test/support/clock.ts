/** One clock for everything in a test; it moves only when told. */
export interface Clock {
  now: () => Date
  advance(seconds: number): void
}

export const START = new Date('2026-11-22T08:00:00.000Z')

export function createClock(start = START): Clock {
  let time = start.getTime()
  return {
    now: () => new Date(time),
    advance: (seconds) => {
      time += seconds * 1000
    },
  }
}
