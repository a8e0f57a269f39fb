/**
 * The short form of `npm run bench:network`: a fast line, small loads, bytes and counts. Times are asserted nowhere: they
 * belong to the machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChromiumPage, launchChromium } from '../browsers/chromium.ts'
import type { Engine } from '../browsers/engine.ts'
import { type Backend, createBackend } from './backend.ts'
import type { Condition, Load } from './conditions.ts'
import { CONTENDER_NAMES } from './contender-names.ts'
import { CHROMIUM_TRUST, findMedian, measureCell } from './measure.ts'

const LINE: Condition = {
  name: 'short',
  upBytesPerSecond: 12_500_000,
  downBytesPerSecond: 12_500_000,
  rttMs: 10,
  jitterMs: 0,
  cutShare: 0,
}
const TEXT: Load = { name: 'text', files: 1, bytes: 3000 }
const SMALL: Load = { name: 'small files', files: 12, bytes: 40_000 }
/** Over 16 MiB: sent in parts. */
const PARTS: Load = { name: 'video', files: 1, bytes: 18_000_000 }
/** Many, so that some are stored when the page goes away in the middle. */
const PART_BYTES = 2 ** 19
let backend: Backend
let engine: Engine<ChromiumPage>
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-network-test-'))
  backend = await createBackend(PART_BYTES)
  engine = await launchChromium(CHROMIUM_TRUST, true)
}, 60_000)
afterAll(async () => {
  await engine?.close()
  await backend?.close()
  rmSync(folder, { recursive: true, force: true })
})

const measure = (contender: (typeof CONTENDER_NAMES)[number], load: Load, condition = LINE) =>
  measureCell({ engine, backend, folder, contender, load, condition })

describe('over a line', { timeout: 60_000 }, () => {
  it.each(CONTENDER_NAMES)('%s brings a text to the application', async (name) => {
    const { error, ratio } = await measure(name, TEXT)
    expect(error).toBe(undefined)
    // Nothing is faster than the line; ali-oss asks no service.
    expect(ratio).toBeGreaterThan(name === 'ali-oss' ? 0.5 : 1)
  })

  it('a text takes one call of the service and one request to OSS: no preflight', async () => {
    const { calls, requests } = await measure('upcall', TEXT)
    expect({ calls, requests }).toEqual({ calls: 1, requests: 1 })
  })

  it('a text goes over the connections that the page opened before', async () => {
    const { error, connections } = await measure('upcall', TEXT)
    expect({ error, connections }).toEqual({ error: undefined, connections: 0 })
  })

  it('small files take one request each, where a PUT takes two', async () => {
    const ours = await measure('upcall', SMALL)
    const puts = await measure('fetch', SMALL)
    expect([ours.error, ours.requests]).toEqual([undefined, 12])
    expect([puts.error, puts.requests]).toEqual([undefined, 24])
    expect(ours.bytesRatio).toBeLessThan(1.2)
  })

  it('a file in parts goes on after a reload: what is stored is not sent again', async () => {
    const { error, bytesRatio } = await measure('upcall', { ...PARTS, isReloaded: true })
    expect(error).toBe(undefined)
    // Four parts that were on their way are sent again; from the beginning it would be 1.5.
    expect(bytesRatio).toBeGreaterThan(1)
    expect(bytesRatio).toBeLessThan(1.3)
  })

  it('takes the median of several rounds, and no failure for a figure', async () => {
    const cell = await measure('fetch', TEXT)
    const cells = [3, 1, 2].map((ms) => ({ ...cell, ms }))
    expect(findMedian(cells).ms).toBe(2)
    expect(findMedian([...cells, { ...cell, ms: 9, error: 'gave up' }]).error).toBe('gave up')
  })

  it('cuts of the line are repaired', async () => {
    const condition = { ...LINE, cutShare: 0.3 }
    const { error, bytesRatio } = await measure('upcall', PARTS, condition)
    expect(error).toBe(undefined)
    expect(bytesRatio).toBeGreaterThan(1)
  })
})
