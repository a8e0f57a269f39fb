/** What one upload asks of each part, on average. Numbers only. */
import type { Inputs } from './inputs.ts'

export interface Demand {
  /** Requests to OSS that count as PUT: form, PUT, Initiate, parts, Complete. */
  ossPuts: number
  /** Requests that count as GET: the HEAD of the callback. */
  ossGets: number
  /** Requests with `x-oss-forbid-overwrite`: form and PUT one, in parts Initiate and Complete. */
  ossForbidOverwrites: number
  uploadedBits: number
  /** Requests to the Worker: preflights, tickets, callbacks. */
  workerRequests: number
  workerCpuMicros: number
  objectRequests: number
  /** Deliveries to the application. */
  deliveries: number
}

/** The cost of a callback in a Worker is not measured: that on Node, times the ratio of the tickets. */
export function estimateCallbackMicros({ cpu }: Inputs): number {
  return (cpu.callbackMicrosNode * cpu.ticketMicrosWorkerd) / cpu.ticketMicrosNode
}

export function computeDemand(inputs: Inputs): Demand {
  const { multipartShare, parts, meanBytes, preflightShare } = inputs.assumptions
  const { ticketMicrosWorkerd } = inputs.cpu
  return {
    ossPuts: 1 - multipartShare + multipartShare * (parts + 2),
    ossGets: 1,
    ossForbidOverwrites: 1 - multipartShare + 2 * multipartShare,
    uploadedBits: 8 * meanBytes,
    workerRequests: preflightShare + 2,
    workerCpuMicros: ticketMicrosWorkerd + estimateCallbackMicros(inputs),
    objectRequests: 1,
    deliveries: 1,
  }
}

/** Requests a second that a Durable Object takes: its limit, or what the processor time of one allows. */
export function computeShardPerSecond({ limits, ledger }: Inputs): number {
  return Math.min(limits.objectRequestsPerSecond, 1e6 / ledger.acceptCpuMicros)
}
