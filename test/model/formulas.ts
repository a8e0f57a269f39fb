/** Waits in queues with arrivals at random, by formula: the simulation is held against them. Times in ms, rates per ms. */

/**
 * Share of those who must wait in M/M/c.
 *
 * @param load offered, in servers: rate × service time
 * @see https://en.wikipedia.org/wiki/Erlang_(unit)#Erlang_C_formula
 */
export function computeErlangC(load: number, servers: number): number {
  let term = 1
  let sum = 1
  for (let count = 1; count < servers; count += 1) {
    term *= load / count
    sum += term
  }
  const last = ((term * load) / servers) * (servers / (servers - load))
  return last / (sum + last)
}

/** Mean wait in M/M/c. */
export function computeMmcWait(rate: number, serviceMs: number, servers: number): number {
  const load = rate * serviceMs
  return (computeErlangC(load, servers) * serviceMs) / (servers - load)
}

/** Mean wait in M/D/1: half of that with exponential service (Pollaczek–Khinchine). */
export function computeMd1Wait(rate: number, serviceMs: number): number {
  const load = rate * serviceMs
  return (load * serviceMs) / (2 * (1 - load))
}
