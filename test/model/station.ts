/** A queue with servers: first come, first served. Whoever would wait too long is refused on arrival. */
import type { Simulation } from './simulation.ts'

export interface StationStats {
  arrived: number
  refused: number
  /** Sum of the waits of those who were not refused, ms. */
  waitedMs: number
  /** Sum of the service times, those that have not ended included. */
  busyMs: number
}

export interface Visit {
  serviceMs: number
  /** @default no limit */
  maxWaitMs?: number
  onDone: () => void
  onRefused?: () => void
}

export interface Station {
  readonly servers: number
  readonly stats: Readonly<StationStats>
  visit(visit: Visit): void
}

export function createStation(simulation: Simulation, servers: number): Station {
  const stats: StationStats = { arrived: 0, refused: 0, waitedMs: 0, busyMs: 0 }
  /** When each server has done all that is in its queue. */
  const freeAtMs = new Float64Array(servers)

  function findFirstFree(): number {
    let first = 0
    for (let at = 1; at < servers; at += 1) {
      if ((freeAtMs[at] ?? 0) < (freeAtMs[first] ?? 0)) first = at
    }
    return first
  }

  return {
    servers,
    stats,
    visit({ serviceMs, maxWaitMs = Number.POSITIVE_INFINITY, onDone, onRefused = () => {} }) {
      stats.arrived += 1
      const server = findFirstFree()
      const waitMs = Math.max(0, (freeAtMs[server] ?? 0) - simulation.nowMs)
      if (waitMs > maxWaitMs) {
        stats.refused += 1
        onRefused()
        return
      }
      stats.waitedMs += waitMs
      stats.busyMs += serviceMs
      freeAtMs[server] = simulation.nowMs + waitMs + serviceMs
      simulation.after(waitMs + serviceMs, onDone)
    },
  }
}
