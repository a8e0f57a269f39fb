/**
 * Uploads of one region, event by event: ticket, bytes, callback, HEAD, receipt, delivery; what is refused is repeated as
 * the browser client repeats it. Each upload ends once.
 * Over 200 lines: the steps of an upload call each other.
 *
 * A region has too many events for one run. Independent arrivals that are spread at random over equal parts stay
 * independent arrivals, so a slice – 1/n of the arrivals, shards, isolates and partitions – queues as the whole does.
 */
import { RETRY_DELAYS_MS } from '../../client/http/retry.ts'
import { SHARDS, WAITED_SLOTS } from './capacity.ts'
import { computeDemand, computeShardPerSecond, estimateCallbackMicros } from './demand.ts'
import type { Inputs } from './inputs.ts'
import { findQuantiles, type Quantiles } from './quantiles.ts'
import { createRandom } from './random.ts'
import { createSimulation } from './simulation.ts'
import { createStation, type Station } from './station.ts'

/** `src/service/callback.ts`: HEAD, record and delivery share it. */
const CALLBACK_LIMIT_MS = 4000
/** The browser client ends a request for a ticket by then. */
const TICKET_WAIT_MS = 10_000
const MAX_SLICE_PER_SECOND = 500
/** More is not simulated: it would take minutes to say that all is full. */
const MAX_SIMULATED_PER_SECOND = 5000
export const RUN_MS = 9000
/** Uploads that began in this time are reported; before it, queues fill. */
export const MEASURED_MS = { from: 2000, to: 4000 }

/** `recorded`: the page is told `accepted`, the application later. */
export type End = 'delivered' | 'recorded' | 'leftToSweep' | 'refusedByOss' | 'noTicket'

export interface FlowOptions {
  uploadsPerSecond: number
  seed: number
  shards?: number
  isolates: number
  partitions: number
  /** Requests a second that OSS takes of the account in this region. */
  ossPerSecond: number
  runMs?: number
}

export interface FlowResult {
  /** The slice is this share of the region: 1/n. */
  slice: number
  arrived: number
  /** Of all that arrived. */
  ends: Record<End, number>
  /** On their way when the run ended. */
  open: number
  measured: Measured
  ticketMs: Quantiles
  /** From the arrival of the callback to its response. */
  callbackMs: Quantiles
  events: number
}

/** Of the uploads that began in the measured time. */
export interface Measured {
  count: number
  ends: Record<End, number>
  /** Delivered, with the response in that of the callback: no request was repeated after the bytes. */
  byCallback: number
  ossRefusals: number
}

interface Upload {
  isMeasured: boolean
  shard: number
  partition: number
  /** Requests to OSS that are left. */
  requests: number
  transferMs: number
  retries: number
  isEnded: boolean
}

const createCounts = (): Record<End, number> => ({
  delivered: 0,
  recorded: 0,
  leftToSweep: 0,
  refusedByOss: 0,
  noTicket: 0,
})
const never = Number.POSITIVE_INFINITY

function chooseSlice(perSecond: number, shards: number): number {
  let slice = 1
  while (perSecond / slice > MAX_SLICE_PER_SECOND && shards % (2 * slice) === 0) slice *= 2
  return slice
}

/** @returns `undefined` when there are too many uploads for so few Durable Objects */
export function simulateUploads(inputs: Inputs, options: FlowOptions): FlowResult | undefined {
  const { uploadsPerSecond, seed, shards = SHARDS, runMs = RUN_MS } = options
  const { assumptions, cpu, limits } = inputs
  const slice = chooseSlice(uploadsPerSecond, shards)
  if (uploadsPerSecond / slice > MAX_SIMULATED_PER_SECOND) return undefined
  const random = createRandom(seed)
  const simulation = createSimulation()
  const share = (count: number) => Math.max(1, Math.round(count / slice))
  const createStations = (count: number, servers: number): Station[] =>
    Array.from({ length: count }, () => createStation(simulation, servers))

  const isolates = createStations(share(options.isolates), 1)
  const ledgers = createStations(shards / slice, 1)
  const slots = createStations(shards / slice, WAITED_SLOTS)
  const partitions = createStations(share(options.partitions), 1)
  const account = createStation(simulation, 1)
  const shardMs = 1000 / computeShardPerSecond(inputs)
  // A slice with less than one partition gets its share of one.
  const partitionMs =
    (1000 / limits.ossSequentialPerSecond) * ((partitions.length * slice) / options.partitions)
  const accountMs = (1000 * slice) / options.ossPerSecond
  const ticketMs = cpu.ticketMicrosWorkerd / 1000
  const callbackMs = estimateCallbackMicros(inputs) / 1000
  const { browserNetworkMs, ossNetworkMs, transferMs, applicationMs, ossWaitMs } = assumptions

  const ends = createCounts()
  const measured: Measured = { count: 0, ends: createCounts(), byCallback: 0, ossRefusals: 0 }
  const times = { ticket: [] as number[], callback: [] as number[] }
  let arrived = 0
  let open = 0

  function end(upload: Upload, as: End): void {
    if (upload.isEnded) throw new Error('An upload ended twice.')
    upload.isEnded = true
    open -= 1
    ends[as] += 1
    if (upload.isMeasured) measured.ends[as] += 1
  }

  function compute(serviceMs: number, onDone: () => void, maxWaitMs = never, onRefused = () => {}) {
    isolates[random.below(isolates.length)]?.visit({ serviceMs, maxWaitMs, onDone, onRefused })
  }

  function askOss(upload: Upload, onDone: () => void, onRefused: () => void): void {
    const refuse = () => {
      if (upload.isMeasured) measured.ossRefusals += 1
      onRefused()
    }
    const askPartition = () =>
      partitions[upload.partition]?.visit({
        serviceMs: partitionMs,
        maxWaitMs: ossWaitMs,
        onDone,
        onRefused: refuse,
      })
    account.visit({
      serviceMs: accountMs,
      maxWaitMs: ossWaitMs,
      onDone: askPartition,
      onRefused: refuse,
    })
  }

  /** Waits as the browser client does; `false` when it gives up. */
  function repeat(upload: Upload, again: () => void): boolean {
    const limitMs = RETRY_DELAYS_MS[upload.retries]
    if (limitMs === undefined) return false
    upload.retries += 1
    simulation.after(random.next() * limitMs, again)
    return true
  }

  function begin(): void {
    arrived += 1
    open += 1
    const { nowMs } = simulation
    const isMeasured = nowMs >= MEASURED_MS.from && nowMs < MEASURED_MS.to
    if (isMeasured) measured.count += 1
    const isInParts = random.next() < assumptions.multipartShare
    const upload: Upload = {
      isMeasured,
      shard: random.below(ledgers.length),
      partition: random.below(partitions.length),
      requests: isInParts ? assumptions.parts + 2 : 1,
      transferMs: isInParts ? transferMs / assumptions.partsAtOnce : transferMs,
      retries: 0,
      isEnded: false,
    }
    const onTicket = () => {
      if (isMeasured) times.ticket.push(simulation.nowMs - nowMs + browserNetworkMs)
      sendNext(upload)
    }
    simulation.after(browserNetworkMs, () =>
      compute(ticketMs, onTicket, TICKET_WAIT_MS, () => end(upload, 'noTicket')),
    )
  }

  function sendNext(upload: Upload): void {
    simulation.after(random.exponential(upload.transferMs), () =>
      askOss(
        upload,
        () => {
          upload.retries = 0
          upload.requests -= 1
          if (upload.requests > 0) sendNext(upload)
          else simulation.after(ossNetworkMs, () => receive(upload, true))
        },
        () => {
          if (!repeat(upload, () => sendNext(upload))) end(upload, 'refusedByOss')
        },
      ),
    )
  }

  /** The callback of OSS, or the page that confirms its upload after the callback failed. */
  function receive(upload: Upload, isCallback: boolean): void {
    const sinceMs = simulation.nowMs
    const leftMs = () => sinceMs + CALLBACK_LIMIT_MS - simulation.nowMs
    const confirm = () =>
      simulation.after(browserNetworkMs, () => {
        if (!repeat(upload, () => receive(upload, false))) end(upload, 'leftToSweep')
      })
    const respond = (as: End) => {
      if (upload.isMeasured && isCallback) {
        times.callback.push(simulation.nowMs - sinceMs)
        if (as === 'delivered') measured.byCallback += 1
      }
      end(upload, as)
    }
    const deliver = () => {
      const onLate = () => simulation.after(Math.max(0, leftMs()), () => respond('recorded'))
      slots[upload.shard]?.visit({
        serviceMs: applicationMs,
        maxWaitMs: leftMs() - applicationMs,
        onDone: () => respond('delivered'),
        onRefused: onLate,
      })
    }
    const record = () =>
      ledgers[upload.shard]?.visit({
        serviceMs: shardMs,
        maxWaitMs: leftMs() - shardMs,
        onDone: deliver,
        onRefused: confirm,
      })
    const head = () => askOss(upload, () => simulation.after(ossNetworkMs, record), confirm)
    compute(callbackMs, () => simulation.after(ossNetworkMs, head), leftMs(), confirm)
  }

  function arrive(): void {
    begin()
    simulation.after(random.exponential((1000 * slice) / uploadsPerSecond), arrive)
  }

  simulation.after(random.exponential((1000 * slice) / uploadsPerSecond), arrive)
  simulation.run(runMs)
  return {
    slice,
    arrived,
    ends,
    open,
    measured,
    ticketMs: findQuantiles(times.ticket),
    callbackMs: findQuantiles(times.callback),
    events: simulation.events,
  }
}

/** Requests to OSS a second that these uploads make when none is refused. */
export function computeOssPerSecond(inputs: Inputs, uploadsPerSecond: number): number {
  const { ossPuts, ossGets } = computeDemand(inputs)
  return uploadsPerSecond * (ossPuts + ossGets)
}
