/** The whole model for one number of uploads a second: regions, parts, events, an outage, money. */
import {
  computeBacklogPerShard,
  computeNeeds,
  type Needs,
  rankParts,
  SHARDS,
  type UsedPart,
  WAITED_SLOTS,
} from './capacity.ts'
import { type CostLine, computeOutageCost, listCosts } from './cost.ts'
import { computeShardPerSecond } from './demand.ts'
import type { Inputs } from './inputs.ts'
import { type OutageResult, simulateOutage } from './outage.ts'
import { splitByRegion } from './regions.ts'
import { computeOssPerSecond, type FlowResult, simulateUploads } from './upload-flow.ts'

/** `src/service/delivery/ledger-outbox.ts`: time limits of attempts, ms. */
const WAITED_ATTEMPT_MS = 4000
const ATTEMPT_MS = 15_000

export interface ModelOptions {
  uploadsPerSecond: number
  regions: number
  downMinutes: number
  seed: number
}

export interface FlowRow {
  name: string
  /** `undefined`: too many events. */
  result: FlowResult | undefined
}

export interface OutageRow {
  name: string
  /** Of the busiest region. */
  shards: number
  receiptsPerSecond: number
  backlogPerSecond: number
  result: Omit<OutageResult, 'depths'>
  /** Bytes of what is not delivered at the worst time, in one object. */
  peakBytes: number
  /** Attempts a second that the application gets from the region when it is back. */
  afterPerSecond: number
  /** Added to the cost of a million uploads that came in the outage. */
  addedCost: number
}

export interface ModelResult {
  options: ModelOptions
  /** Uploads a second, the busiest first. */
  regions: number[]
  parts: UsedPart[]
  needs: Needs
  flows: FlowRow[]
  outages: OutageRow[]
  costs: CostLine[]
}

/** As many times 64 as needed, by doubling: a slice of the region then has whole ones. */
function planShards(needed: number): number {
  let shards = SHARDS
  while (shards < needed) shards *= 2
  return shards
}

function runFlows(inputs: Inputs, busiest: number, needs: Needs, seed: number): FlowRow[] {
  const { limits, assumptions } = inputs
  const { isolates, partitions } = needs
  const raised = Math.max(
    limits.ossRequestsPerSecond,
    computeOssPerSecond(inputs, busiest) / assumptions.targetLoad,
  )
  const base = { uploadsPerSecond: busiest, seed, isolates, partitions, ossPerSecond: raised }
  const shards = planShards(needs.shards)
  const share = limits.ossRequestsPerSecond
  const rows: [string, Parameters<typeof simulateUploads>[1]][] = [
    ['as it is: default limits of OSS', { ...base, ossPerSecond: share }],
    ['OSS raised, keys in the order of time', { ...base, partitions: 1 }],
    [`OSS raised, keys begin with \`{id}\`, ${SHARDS} Durable Objects`, base],
  ]
  if (shards > SHARDS) rows.push([`the same, ${shards} Durable Objects`, { ...base, shards }])
  return rows.map(([name, options]) => ({ name, result: simulateUploads(inputs, options) }))
}

function runOutage(
  inputs: Inputs,
  name: string,
  options: { perSecond: number; shards: number; downMinutes: number; isHanging: boolean },
): OutageRow {
  const { perSecond, shards, downMinutes, isHanging } = options
  const { applicationMs } = inputs.assumptions
  const attemptMs = isHanging ? ATTEMPT_MS : applicationMs
  const waitedMs = isHanging ? WAITED_ATTEMPT_MS : applicationMs
  const backlogPerSecond = {
    down: computeBacklogPerShard(inputs, attemptMs),
    up: computeBacklogPerShard(inputs, applicationMs),
  }
  const { depths: _, ...result } = simulateOutage({
    perSecond: perSecond / shards,
    downSeconds: 60 * downMinutes,
    backlogPerSecond,
    waitedPerSecond: {
      down: (1000 * WAITED_SLOTS) / waitedMs,
      up: (1000 * WAITED_SLOTS) / applicationMs,
    },
  })
  return {
    name,
    shards,
    receiptsPerSecond: perSecond,
    backlogPerSecond: backlogPerSecond.up,
    result,
    peakBytes: result.peakReceipts * inputs.ledger.storedBytes,
    afterPerSecond: perSecond + shards * backlogPerSecond.up,
    addedCost: computeOutageCost(inputs, result),
  }
}

function runOutages(
  inputs: Inputs,
  busiest: number,
  needs: Needs,
  downMinutes: number,
): OutageRow[] {
  const takes = SHARDS * computeShardPerSecond(inputs)
  const shards = busiest > takes ? planShards(needs.shards) : SHARDS
  const base = { perSecond: busiest, shards, downMinutes }
  return [
    runOutage(inputs, 'refuses connections', { ...base, isHanging: false }),
    runOutage(inputs, 'does not respond', { ...base, isHanging: true }),
  ]
}

export function runModel(inputs: Inputs, options: ModelOptions): ModelResult {
  const { uploadsPerSecond, regions: count, downMinutes, seed } = options
  const regions = splitByRegion(uploadsPerSecond, count)
  const needs = computeNeeds(inputs, regions)
  const [busiest = 0] = regions
  return {
    options,
    regions,
    parts: rankParts(inputs, regions),
    needs,
    flows: runFlows(inputs, busiest, needs, seed),
    outages: downMinutes > 0 ? runOutages(inputs, busiest, needs, downMinutes) : [],
    costs: listCosts(inputs, uploadsPerSecond, count * planShards(needs.shards)),
  }
}
