/** capacity.ts and demand.ts, against sums by hand and the product's source. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  BACKLOG_PER_SECOND,
  BACKLOG_SLOTS,
  computeBacklogPerShard,
  computeNeeds,
  computeSweptObjects,
  listParts,
  RETENTION_SECONDS,
  rankParts,
  SHARDS,
  WAITED_SLOTS,
} from './capacity.ts'
import { computeDemand, computeShardPerSecond, estimateCallbackMicros } from './demand.ts'
import { type Inputs, readInputs } from './inputs.ts'

const read = readInputs()
const inputs: Inputs = {
  ...read,
  cpu: {
    ticketMicrosNode: 100,
    ticketMicrosWorkerd: 300,
    callbackMicrosNode: 200,
    callbackMicrosSqlite: 250,
  },
  ledger: { ...read.ledger, acceptCpuMicros: 2000, storedBytes: 1000 },
  assumptions: { ...read.assumptions, multipartShare: 0.1, parts: 8, meanBytes: 1e6 },
}

describe('the numbers of the product', () => {
  it.each([
    ['src/service/delivery/ledger-outbox.ts', `concurrency = ${BACKLOG_SLOTS},`],
    ['src/service/delivery/ledger-outbox.ts', `waitedConcurrency = ${WAITED_SLOTS},`],
    ['src/service/delivery/ledger-outbox.ts', `backlogPerSecond = ${BACKLOG_PER_SECOND},`],
    ['src/service/delivery/ledger-outbox.ts', 'waitedAttemptMs = 4000,'],
    ['src/service/delivery/ledger-outbox.ts', 'attemptMs = 15_000,'],
    ['src/service/delivery/ledger-outbox.ts', 'retentionMs = 14 * 24 * 3600 * 1000,'],
    ['src/service/delivery/sweep.ts', 'const MAX_PAGES = 1000'],
    ['src/service/callback.ts', 'const CALLBACK_LIMIT_MS = 4000'],
  ])('are those of %s: %s', (path, line) => {
    expect(readFileSync(path, 'utf8')).toContain(line)
  })

  it('have as many Durable Objects as there are first characters', () => {
    const source = readFileSync('src/entry/outbox-durable-object.ts', 'utf8')
    expect(/const SHARDS = \[\.\.\.'(.*)'\]/.exec(source)?.[1]).toHaveLength(SHARDS)
    expect(RETENTION_SECONDS).toBe(14 * 24 * 3600)
  })
})

describe('computeDemand', () => {
  it('counts the requests of forms and of parts by their shares', () => {
    // 0.9 × 1 + 0.1 × (Initiate + 8 + Complete).
    expect(computeDemand(inputs).ossPuts).toBeCloseTo(1.9, 12)
    expect(computeDemand(inputs).ossForbidOverwrites).toBeCloseTo(1.1, 12)
    expect(computeDemand(inputs).uploadedBits).toBe(8e6)
  })

  it('estimates a callback in a Worker by the ratio of the tickets', () => {
    expect(estimateCallbackMicros(inputs)).toBe(600)
    expect(computeDemand(inputs).workerCpuMicros).toBe(900)
  })
})

describe('computeShardPerSecond', () => {
  it('is what the processor time allows, and no more than the limit', () => {
    expect(computeShardPerSecond(inputs)).toBe(500)
    const fast = { ...inputs, ledger: { ...inputs.ledger, acceptCpuMicros: 10 } }
    expect(computeShardPerSecond(fast)).toBe(inputs.limits.objectRequestsPerSecond)
  })
})

describe('computeBacklogPerShard', () => {
  it('is bounded by the pace, the slots and the connections', () => {
    expect(computeBacklogPerShard(inputs, 1)).toBe(500)
    // Six connections of 50 ms: fewer than the 16 slots.
    expect(computeBacklogPerShard(inputs, 50)).toBeCloseTo(120, 9)
    const wide = { limits: { ...inputs.limits, connectionsPerInvocation: 100 } }
    expect(computeBacklogPerShard(wide, 50)).toBeCloseTo(320, 9)
  })
})

describe('computeSweptObjects', () => {
  it('is bounded by the requests of a Worker, and by the pages of a sweep', () => {
    // A page takes one listing and 64 questions: ⌊10 000 / 65⌋ pages.
    expect(computeSweptObjects(inputs)).toBe(153_000)
    const many = { limits: { ...inputs.limits, subrequestsPerInvocation: 1e9 } }
    expect(computeSweptObjects(many)).toBe(1_000_000)
  })
})

describe('listParts', () => {
  const find = (name: RegExp) => listParts(inputs).find((part) => name.test(part.name))

  it.each([
    [/bytes into/, 10e9 / 8e6],
    [/forbid-overwrite/, 1000 / 1.1],
    [/requests, keys that begin/, 10_000 / 2.9],
    [/order of time/, 2000 / 2.9],
    [/Objects: requests/, 64 * 500],
    [/first attempts/, (64 * 64) / 0.05],
    [/receipts stored/, (64 * 10e9) / 1000 / (14 * 86_400)],
  ])('says at how many uploads a second %s is full', (name, expected) => {
    expect(find(name)?.uploadsPerSecond).toBeCloseTo(expected, 6)
  })
})

describe('rankParts', () => {
  it('measures what all share by all regions, and the others by the busiest', () => {
    const ranked = rankParts(inputs, [300, 200, 100])
    for (const { scope, askedPerSecond, load, uploadsPerSecond } of ranked) {
      expect(askedPerSecond).toBe(scope === 'account' ? 600 : 300)
      expect(load).toBeCloseTo(askedPerSecond / uploadsPerSecond, 12)
    }
    expect(ranked.map(({ load }) => load)).toEqual(
      ranked.map(({ load }) => load).sort((a, b) => b - a),
    )
  })

  it('puts nothing over its limit at one upload a second', () => {
    expect(rankParts(inputs, [1]).every(({ load }) => load < 1)).toBe(true)
  })
})

describe('computeNeeds', () => {
  it('plans with the loads of the assumptions', () => {
    const needs = computeNeeds(inputs, [7000, 3000])
    // 7 000 × 900 µs at half load; 7 000 / (0.7 × 500); 7 000 × 2.9 / 1 000.
    expect(needs).toMatchObject({ isolates: 13, shards: 20, partitions: 21 })
    expect(needs.ossRequestsPerSecond).toBeCloseTo(29_000, 6)
    expect(needs.deliveriesPerSecond).toBe(10_000)
    expect(needs.nodeCores).toBe(4)
    // 7 000 × 14 days ÷ 10 million receipts.
    expect(needs.shardsByStorage).toBe(847)
    expect(needs.fullAfterSeconds).toBeCloseTo((64 * 10e6) / 7000, 6)
  })
})
