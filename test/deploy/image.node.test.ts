/**
 * The Dockerfile, its steps run in folders: what comes out starts, is healthy and stops as a container would. No registry
 * of images is needed; `npm ci` of the build stage is the one that these tests began with.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'
import {
  parseDockerfile,
  parseDockerignore,
  placeIn,
  runDockerfile,
  type Stage,
} from '../support/dockerfile.ts'
import { changeEnvironment } from '../support/environment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

let folder = ''
let image: Stage

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-image-'))
  image = runDockerfile('Dockerfile', folder, {
    isInContext: parseDockerignore(readFileSync('.dockerignore', 'utf8')),
    replace: {
      'npm ci --ignore-scripts': (workdir) =>
        symlinkSync(resolve('node_modules'), join(workdir, 'node_modules')),
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As `docker run` with these variables would start it, with a new volume. */
function start(command: readonly string[], env: Record<string, string>) {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: placeIn(image, image.workdir),
    env: { PATH: process.env.PATH, ...image.env, UPCALL_DATA: placeIn(image, '/data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  return { child, exit, said: () => once(child.stdout, 'data').then(([chunk]) => String(chunk)) }
}

function checkHealth(port: number): Promise<unknown> {
  const [program = '', ...args] = image.healthcheck
  return promisify(execFile)(program, args, { env: { PATH: process.env.PATH, PORT: String(port) } })
}

describe('the image', () => {
  it('has what runs, and neither tools nor sources nor secrets', () => {
    const app = placeIn(image, '/app')
    expect(readdirSync(app).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json'])
    expect(existsSync(join(app, 'dist/src/dev'))).toBe(false)
    for (const tool of ['vitest', 'wrangler', 'esbuild', 'playwright']) {
      expect(existsSync(join(app, 'node_modules', tool)), tool).toBe(false)
    }
  })

  it.each(['hono', 'jose', 'bullmq', 'ioredis', 'pg', 'prom-client', '@opentelemetry/api'])(
    'has %s in the version that was tested',
    (name) => {
      const path = join('node_modules', name, 'package.json')
      const { version } = JSON.parse(readFileSync(join(placeIn(image, '/app'), path), 'utf8'))
      expect(version).toBe(JSON.parse(readFileSync(path, 'utf8')).version)
    },
  )

  it('is not root, and keeps its data in a volume', () => {
    expect(image.user).toBe('node')
    expect(image.volumes).toContain(image.env.UPCALL_DATA)
    expect(image.env.HOST).toBe('0.0.0.0')
  })

  it('starts, is healthy, records on its volume, and stops on SIGTERM', async () => {
    const port = await findPort()
    await expect(checkHealth(port)).rejects.toMatchObject({ code: 1 })
    const { child, exit, said } = start(image.command, {
      ...changeEnvironment({ PORT: String(port) }),
      HOST: '127.0.0.1',
    })
    try {
      expect(await said()).toContain(`:${port}`)
      await checkHealth(port)
      expect((await fetch(`http://127.0.0.1:${port}/client.js`)).status).toBe(200)
      expect(readdirSync(placeIn(image, '/data'))).toContain('outbox.sqlite')
    } finally {
      child.kill('SIGTERM')
    }
    expect(await exit).toEqual([0, null])
  })

  it('says what is missing when nothing is set, and ends', async () => {
    const { child, exit } = start(image.command, {})
    const [chunk] = await once(child.stderr, 'data')
    expect(String(chunk)).toContain('OSS_BUCKET is missing')
    expect(await exit).toEqual([1, null])
  })
})

describe('the Dockerfile', () => {
  const instructions = parseDockerfile(readFileSync('Dockerfile', 'utf8'))

  it('names one base image, for all stages', () => {
    const images = instructions.filter(({ name }) => name === 'FROM').map(({ args }) => args)
    expect(images.length).toBe(3)
    for (const args of images) expect(args).toMatch(/^\$\{NODE_IMAGE\}( AS \w+)?$/)
  })

  it('passes no secret into a layer', () => {
    const words = instructions.map(({ name, args }) => `${name} ${args}`).join('\n')
    expect(words).not.toMatch(/SECRET|TOKEN|PASSWORD|\.env\b(?!\.)|COPY \. /)
  })
})
