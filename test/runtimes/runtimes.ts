/**
 * The runtimes, and how the programs of `docs/deploy` are started on each. Their binaries come from npm, into a folder of
 * the run: none is a dependency of this package.
 */
import { join } from 'node:path'
import { findFreePort } from '../support/engine-process.ts'
import { startRedis } from '../support/redis.ts'
import { startWorkerd } from '../support/workerd.ts'
import { type EdgePlatform, startOnEdge } from './edge-runtime.ts'
import { readProgram } from './pages.ts'
import { bundleProgram, type Program, startProgram, writeProgram } from './programs.ts'

export interface Place {
  /** The consumer: `oss-upcall` is installed there. */
  consumer: string
  /** `node_modules/.bin` of the runtimes, by the name of the runtime. */
  findBinary(runtime: string): string
  /** Variables for a service under this public URL. */
  buildEnvironment(publicUrl: string): Record<string, string>
}

export interface Running extends Program {
  /** Of the service, without a slash at the end. */
  url: string
}

export interface Runtime {
  /** As it stands in the table. */
  name: string
  /** Which of the installed runtimes. */
  runtime: string
  page: string
  /** What of it is used. */
  program: string
  outbox: string
  start(place: Place): Promise<Running>
  /** Absent where another row has run them on the same runtime. */
  startVectors?(place: Place): Promise<Running>
}

/** Where the service is mounted on platforms that give it a path of the site. */
const MOUNT = '/uploads-api'

type Env = Record<string, string>
/** Arguments of the runtime's command before the file. */
type Flags = readonly string[]

async function startServer(
  { consumer, findBinary, buildEnvironment }: Place,
  runtime: string,
  args: readonly string[],
  more: Env = {},
): Promise<Running> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...buildEnvironment(url), PORT: String(port), ...more }
  const command = findBinary(runtime)
  const program = await startProgram({ command, args, cwd: consumer, env }, `${url}/healthz`)
  return { url, stop: program.stop }
}

async function startPage(
  place: Place,
  runtime: string,
  { page, file, flags = [] }: { page: string; file: string; flags?: Flags },
  more: Env = {},
): Promise<Running> {
  const name = `${runtime}-${file}`
  writeProgram(place.consumer, name, readProgram(page, file))
  const folder = join(place.consumer, `data-${runtime}`)
  return startServer(place, runtime, [...flags, name], { UPCALL_DATA: folder, ...more })
}

/** One Redis for one service. */
async function withRedis(start: (env: Env) => Promise<Running>): Promise<Running> {
  const redis = await startRedis()
  try {
    const running = await start({ UPCALL_REDIS_URL: redis.url })
    return {
      url: running.url,
      async stop() {
        await running.stop()
        await redis.stop()
      },
    }
  } catch (error) {
    await redis.stop()
    throw error
  }
}

const SERVE: Readonly<Record<string, string>> = {
  node: `import { createServer } from 'node:http'
    createServer(async (_, response) => response.end(await (await fetchVectors()).text()))
      .listen(process.env.PORT, '127.0.0.1')`,
  deno: `Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT')) }, fetchVectors)`,
  bun: `Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: fetchVectors })`,
}

/** The vectors as one module, with `oss-upcall` left for the runtime to find. */
async function startVectorServer(
  place: Place,
  runtime: string,
  { serve, flags = [] }: { serve: string; flags?: Flags },
): Promise<Running> {
  const file = join(import.meta.dirname, 'vectors.ts')
  const code = `import { fetch as fetchVectors } from ${JSON.stringify(file)}\n${SERVE[serve]}`
  const bundle = await bundleProgram(place.consumer, code, {
    platform: 'node',
    external: ['oss-upcall', 'oss-upcall/*'],
  })
  writeProgram(place.consumer, `${runtime}-vectors.mjs`, bundle)
  return startServer(place, runtime, [...flags, `${runtime}-vectors.mjs`])
}

async function startWorker(place: Place, code: string): Promise<Running> {
  const bundle = await bundleProgram(place.consumer, code, {
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2024',
    external: ['node:*', 'cloudflare:*'],
  })
  const folder = join(place.consumer, 'workerd')
  const workerd = await startWorkerd({ folder, code: bundle, env: {} })
  await workerd.stop()
  await workerd.start(bundle, place.buildEnvironment(workerd.url))
  return { url: workerd.url, stop: () => workerd.stop('SIGKILL') }
}

const WORKER_VECTORS = `import { fetch } from ${JSON.stringify(join(import.meta.dirname, 'vectors.ts'))}
export default { fetch }
export class Ledger {}`

async function startEdgePage(
  place: Place,
  platform: EdgePlatform,
  { page, file, mount = '' }: { page: string; file: string; mount?: string },
): Promise<Running> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}${mount}`
  const path = writeProgram(place.consumer, `edge-${platform}-program.js`, readProgram(page, file))
  const env = place.buildEnvironment(url)
  const folder = place.consumer
  const start = { folder, platform, file: path, env, port, url: `${url}/healthz` }
  return { url, stop: (await startOnEdge(start)).stop }
}

async function startEdgeVectors({ consumer: folder }: Place): Promise<Running> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  // Copied to where `oss-upcall` is found.
  const code = await bundleProgram(folder, `export * from '${import.meta.dirname}/vectors.ts'`, {
    external: ['oss-upcall', 'oss-upcall/*'],
  })
  const file = writeProgram(folder, 'edge-vectors-program.js', code)
  const { stop } = await startOnEdge({ folder, platform: 'vectors', file, env: {}, port, url })
  return { url, stop }
}

const DENO_FLAGS = [
  'run',
  '--allow-env',
  '--allow-net',
  '--allow-read',
  '--allow-write',
  '--allow-sys',
]

function describeNode(version: number): Pick<Runtime, 'runtime' | 'startVectors'> {
  const runtime = `node-${version}`
  return {
    runtime,
    startVectors: (place) => startVectorServer(place, runtime, { serve: 'node' }),
  }
}

function runNode(version: 22 | 24): Runtime {
  const node = describeNode(version)
  const program = { page: 'node.md', file: 'server.mjs' }
  return {
    ...node,
    name: 'Node',
    page: 'node.md',
    program: 'server.mjs',
    outbox: 'SQLite',
    start: (place) => startPage(place, node.runtime, program),
  }
}

const NODE_20 = describeNode(20)
const STAND_ALONE = 'node_modules/oss-upcall/dist/src/entry/node.js'

export const RUNTIMES: readonly Runtime[] = [
  runNode(24),
  runNode(22),
  {
    ...NODE_20,
    name: 'Node',
    page: 'node.md',
    program: 'server-redis.mjs',
    outbox: 'Redis',
    start: (place) =>
      withRedis((env) =>
        startPage(place, 'node-20', { page: 'node.md', file: 'server-redis.mjs' }, env),
      ),
  },
  {
    name: 'Node, stand-alone server',
    runtime: 'node-20',
    page: 'function-compute.md',
    program: 'entry/node.js',
    outbox: 'Redis',
    start: (place) => withRedis((env) => startServer(place, 'node-20', [STAND_ALONE], env)),
  },
  {
    name: 'workerd',
    runtime: 'workerd',
    page: 'cloudflare-workers.md',
    program: 'worker.ts',
    outbox: 'Durable Objects',
    start: (place) => startWorker(place, readProgram('cloudflare-workers.md', 'worker.ts')),
    startVectors: (place) => startWorker(place, WORKER_VECTORS),
  },
  {
    name: 'Deno',
    runtime: 'deno',
    page: 'deno.md',
    program: 'server.ts',
    outbox: 'SQLite',
    start: (place) =>
      startPage(place, 'deno', { page: 'deno.md', file: 'server.ts', flags: DENO_FLAGS }),
    startVectors: (place) => startVectorServer(place, 'deno', { serve: 'deno', flags: DENO_FLAGS }),
  },
  {
    name: 'Bun',
    runtime: 'bun',
    page: 'bun.md',
    program: 'server.ts',
    outbox: 'SQLite',
    start: (place) =>
      startPage(place, 'bun', { page: 'bun.md', file: 'server.ts', flags: ['run'] }),
    startVectors: (place) => startVectorServer(place, 'bun', { serve: 'bun', flags: ['run'] }),
  },
  {
    name: 'edge-runtime, as Vercel Edge',
    runtime: 'edge-runtime',
    page: 'vercel-edge.md',
    program: 'route.js',
    outbox: 'memory',
    start: (place) =>
      startEdgePage(place, 'vercel', {
        page: 'vercel-edge.md',
        file: 'app/uploads-api/[...path]/route.js',
        mount: MOUNT,
      }),
    startVectors: startEdgeVectors,
  },
  {
    name: 'edge-runtime, as ESA',
    runtime: 'edge-runtime',
    page: 'alibaba-esa.md',
    program: 'src/index.js',
    outbox: 'memory',
    start: (place) => startEdgePage(place, 'esa', { page: 'alibaba-esa.md', file: 'src/index.js' }),
  },
  {
    name: 'edge-runtime, as EdgeOne',
    runtime: 'edge-runtime',
    page: 'edgeone.md',
    program: '[[default]].js',
    outbox: 'memory',
    start: (place) =>
      startEdgePage(place, 'edgeone', {
        page: 'edgeone.md',
        file: 'edge-functions/uploads-api/[[default]].js',
        mount: MOUNT,
      }),
  },
]
