/**
 * The short form of `npm run test:runtimes`: the built package in a runtime with Web APIs alone. Everything else, with Node
 * 20 to 24, workerd, Deno and Bun, is in the long form.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'
import { bundleForEdge, startOnEdge } from './edge-runtime.ts'
import { JOURNEYS } from './journeys.ts'
import { writeProgram } from './programs.ts'
import { RUNTIMES } from './runtimes.ts'
import type { Place, Running } from './start.ts'
import { type Surroundings, startSurroundings } from './surroundings.ts'
import { checkVectors } from './vectors.ts'

const START_MS = 60_000
const edge = RUNTIMES.filter(({ runtime }) => runtime === 'edge-runtime')
const vercel = edge[0]

let around: Surroundings
let place: Place
let running: Running | undefined

beforeAll(async () => {
  around = await startSurroundings()
  // Our own folder is the installed package: what `npm pack` takes of it, `test/package.node.test.ts` checks.
  const consumer = mkdtempSync(join(tmpdir(), 'upcall-edge-'))
  mkdirSync(join(consumer, 'node_modules'))
  symlinkSync(resolve('.'), join(consumer, 'node_modules/oss-upcall'))
  place = {
    consumer,
    findBinary: () => '',
    findFolder: () => consumer,
    buildEnvironment: around.buildEnvironment,
  }
  running = await vercel?.start(place)
}, START_MS)

afterAll(async () => {
  await running?.stop()
  await around?.close()
  rmSync(place.consumer, { recursive: true, force: true })
}, START_MS)

describe('the program of docs/deploy/vercel-edge.md, in edge-runtime', () => {
  it.each(Object.entries(JOURNEYS))('%s', async (_, journey) => {
    await journey({ url: running?.url ?? '', around })
  })

  it('computes what the vectors of OSS say', async () => {
    const vectors = await vercel?.startVectors?.(place)
    try {
      const report = await (await fetch(vectors?.url ?? '')).json()
      expect(report).toEqual({ ...checkVectors(), disagreed: [] })
    } finally {
      await vectors?.stop()
    }
  })

  it('fails without a variable, and says in the log which', async () => {
    const { OSS_BUCKET: _, ...env } = around.buildEnvironment('http://127.0.0.1:1')
    const port = await findPort()
    const url = `http://127.0.0.1:${port}/uploads-api/healthz`
    const folder = place.consumer
    const file = join(folder, 'edge-vercel-program.js')
    const program = await startOnEdge({ folder, platform: 'vercel', file, env, port, url })
    try {
      expect((await fetch(url)).status).toBe(500)
      expect(program.readLog()).toContain('OSS_BUCKET is missing')
      expect(program.readLog()).not.toContain('PLANTED')
    } finally {
      await program.stop()
    }
  })
})

describe('a bundle for the edge', () => {
  it('with a module of Node anywhere is refused', async () => {
    const code = `import 'node:crypto'\nexport default { fetch() {} }`
    const file = writeProgram(place.consumer, 'wrong.js', code)
    const bundle = bundleForEdge({ folder: place.consumer, platform: 'esa', file, env: {} })
    await expect(bundle).rejects.toThrow('node:crypto')
  })

  it.each(['alibaba-esa.md', 'edgeone.md'])('of docs/deploy/%s needs none', async (page) => {
    const row = edge.find((candidate) => candidate.page === page)
    const started = await row?.start(place)
    try {
      const health = await fetch(`${started?.url}/healthz`)
      expect(await health.json()).toMatchObject({ status: 'ok', durable: false })
    } finally {
      await started?.stop()
    }
  })
})
