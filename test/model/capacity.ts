/** Each part's limit against what the uploads ask of it: which part is full first, and how many of it would be needed. */
import { computeDemand, computeShardPerSecond } from './demand.ts'
import type { Inputs } from './inputs.ts'

/** `src/entry/outbox-durable-object.ts`: one for each first character of the upload ids. */
export const SHARDS = 64
/** Defaults of `src/service/delivery/ledger-outbox.ts`. */
export const WAITED_SLOTS = 64
export const BACKLOG_SLOTS = 16
export const BACKLOG_PER_SECOND = 500
export const RETENTION_SECONDS = 14 * 24 * 3600
/** `src/service/delivery/sweep.ts`: pages of 1 000 that a sweep reads of an area. */
const SWEEP_PAGES = 1000
const PAGE_OBJECTS = 1000

export type Scope = 'account' | 'region'

export interface Part {
  name: string
  /** Whether all regions share it, or each has its own. */
  scope: Scope
  /** What there is of it, as the product and the providers have it by default. */
  has: string
  /** Uploads a second that fill it: of all regions, or of one. */
  uploadsPerSecond: number
  /** Who can give more of it. */
  more: string
}

export interface UsedPart extends Part {
  /** Uploads a second that meet it. */
  askedPerSecond: number
  /** 1: full. */
  load: number
}

/** Attempts a second that a Durable Object makes for what nobody waits for: paced, in slots, over few connections. */
export function computeBacklogPerShard(
  { limits }: Pick<Inputs, 'limits'>,
  attemptMs: number,
): number {
  const slots = Math.min(BACKLOG_SLOTS, limits.connectionsPerInvocation)
  return Math.min(BACKLOG_PER_SECOND, (1000 * slots) / attemptMs)
}

/** Objects under one prefix of which a sweep on Workers sees all: each page asks every shard for its ids. */
export function computeSweptObjects({ limits }: Pick<Inputs, 'limits'>): number {
  const pages = Math.min(SWEEP_PAGES, Math.floor(limits.subrequestsPerInvocation / (1 + SHARDS)))
  return pages * PAGE_OBJECTS
}

export function listParts(inputs: Inputs): Part[] {
  const { limits, assumptions, ledger } = inputs
  const demand = computeDemand(inputs)
  const ossRequests = demand.ossPuts + demand.ossGets
  const perShard = computeShardPerSecond(inputs)
  const storedReceipts = limits.objectStoredBytes / ledger.storedBytes
  const number = (value: number) => Math.round(value).toLocaleString('en').replaceAll(',', ' ')
  const ask = 'Alibaba Cloud, on request'
  return [
    {
      name: 'OSS: bytes into a region',
      scope: 'region',
      has: `${limits.ossUploadBitsPerSecond / 1e9} Gbit/s`,
      uploadsPerSecond: limits.ossUploadBitsPerSecond / demand.uploadedBits,
      more: ask,
    },
    {
      name: 'OSS: `x-oss-forbid-overwrite`',
      scope: 'account',
      has: `${number(limits.ossForbidOverwritePerSecond)} requests/s`,
      uploadsPerSecond: limits.ossForbidOverwritePerSecond / demand.ossForbidOverwrites,
      more: `${ask}; or \`allowOverwrite: true\``,
    },
    {
      name: 'OSS: requests, keys that begin with `{id}`',
      scope: 'account',
      has: `${number(limits.ossRequestsPerSecond)} requests/s`,
      uploadsPerSecond: limits.ossRequestsPerSecond / ossRequests,
      more: ask,
    },
    {
      name: 'OSS: requests, keys in the order of time',
      scope: 'region',
      has: `one partition of ${number(limits.ossSequentialPerSecond)} requests/s`,
      uploadsPerSecond: limits.ossSequentialPerSecond / ossRequests,
      more: '`{id}` at the beginning of the key',
    },
    {
      name: 'OSS: partitions, keys that begin with `{id}`',
      scope: 'region',
      has: `up to ${number(assumptions.hashedRanges)} × ${number(limits.ossSequentialPerSecond)} requests/s`,
      uploadsPerSecond: (assumptions.hashedRanges * limits.ossSequentialPerSecond) / ossRequests,
      more: 'OSS, by itself',
    },
    {
      name: 'Durable Objects: receipts stored for 14 days',
      scope: 'region',
      has: `${SHARDS} × ${number(storedReceipts)} receipts`,
      uploadsPerSecond: (SHARDS * storedReceipts) / RETENTION_SECONDS,
      more: 'a shorter `retentionMs` (and window of the sweep); more deployments',
    },
    {
      name: 'Durable Objects: requests',
      scope: 'region',
      has: `${SHARDS} × ${number(perShard)} requests/s`,
      uploadsPerSecond: (SHARDS * perShard) / demand.objectRequests,
      more: 'more deployments',
    },
    {
      name: 'Durable Objects: first attempts',
      scope: 'region',
      has: `${SHARDS} × ${WAITED_SLOTS} at once, ${assumptions.applicationMs} ms each`,
      uploadsPerSecond: (SHARDS * WAITED_SLOTS * 1000) / assumptions.applicationMs,
      more: '`waitedConcurrency`; a faster application',
    },
  ]
}

/** @param regions uploads a second of each, the busiest first. @returns the fullest first */
export function rankParts(inputs: Inputs, regions: readonly number[]): UsedPart[] {
  const total = regions.reduce((sum, rate) => sum + rate, 0)
  return listParts(inputs)
    .map((part) => {
      const askedPerSecond = part.scope === 'account' ? total : (regions[0] ?? 0)
      return { ...part, askedPerSecond, load: askedPerSecond / part.uploadsPerSecond }
    })
    .sort((one, other) => other.load - one.load)
}

export interface Needs {
  /** Of the busiest region. */
  isolates: number
  shards: number
  /** So many store the receipts of 14 days. */
  shardsByStorage: number
  /** How long 64 of them could keep receipts. */
  fullAfterSeconds: number
  partitions: number
  uploadGbitPerSecond: number
  /** Of all regions. */
  ossRequestsPerSecond: number
  deliveriesPerSecond: number
  /** Cores when the service runs on Node with SQLite instead. */
  nodeCores: number
}

/** What the uploads need, at the loads that are planned with. */
export function computeNeeds(inputs: Inputs, regions: readonly number[]): Needs {
  const { assumptions, cpu, limits, ledger } = inputs
  const demand = computeDemand(inputs)
  const total = regions.reduce((sum, rate) => sum + rate, 0)
  const [busiest = 0] = regions
  const perShard = computeShardPerSecond(inputs) * assumptions.shardLoad
  const shards = Math.ceil((busiest * demand.objectRequests) / perShard)
  const ossRequests = demand.ossPuts + demand.ossGets
  const storedPerShard = limits.objectStoredBytes / ledger.storedBytes
  const perPartition = limits.ossSequentialPerSecond * assumptions.targetLoad
  return {
    isolates: Math.ceil((busiest * demand.workerCpuMicros) / 1e6 / assumptions.targetLoad),
    shards,
    shardsByStorage: Math.ceil((busiest / storedPerShard) * RETENTION_SECONDS),
    fullAfterSeconds: (SHARDS * storedPerShard) / busiest,
    partitions: Math.ceil((busiest * ossRequests) / perPartition),
    uploadGbitPerSecond: (busiest * demand.uploadedBits) / 1e9,
    ossRequestsPerSecond: total * ossRequests,
    deliveriesPerSecond: total * demand.deliveries,
    nodeCores: Math.ceil((total * (cpu.ticketMicrosNode + cpu.callbackMicrosSqlite)) / 1e6),
  }
}
