/**
 * The runtimes, and how the programs of `docs/deploy` are started on each. Their binaries come from npm, into a folder of
 * the run: none is a dependency of this package.
 */

import { startEsaBundle, startNext } from './frameworks.ts'
import { readProgram } from './pages.ts'
import {
  type Place,
  type Running,
  startCallServer,
  startEdgePage,
  startEdgeVectors,
  startPage,
  startServer,
  startVectorServer,
  startWorker,
  WORKER_VECTORS,
  withRedis,
} from './start.ts'

export interface Runtime {
  /** As it stands in the table. */
  name: string
  /** Which of the installed runtimes. */
  runtime: string
  page: string
  /** What of it is used. */
  program: string
  outbox: string
  /** Its outbox is on this machine's disk: a killed service goes on with what it had recorded. */
  hasDisk?: true
  /** It takes the `Content-Length` away: OSS says 203 after each callback, and the page confirms. */
  dropsLength?: true
  start(place: Place): Promise<Running>
  /** Absent where another row has run them on the same runtime. */
  startVectors?(place: Place): Promise<Running>
  /** The calls of `oss-upcall/node`; absent where it does not run, or another row has them. */
  startCalls?(place: Place): Promise<Running>
}

/** Where the service is mounted on platforms that give it a path of the site. */
const MOUNT = '/uploads-api'

/** Those of the page; the run gives it its variables and its folder. */
const DENO_FLAGS = [
  'run',
  '--allow-env',
  '--allow-net',
  '--allow-read',
  '--allow-write=data-deno',
  '--allow-sys',
]

function describeNode(version: number): Pick<Runtime, 'runtime' | 'startVectors' | 'startCalls'> {
  const runtime = `node-${version}`
  return {
    runtime,
    startVectors: (place) => startVectorServer(place, runtime, { serve: 'node' }),
    startCalls: (place) => startCallServer(place, runtime, { serve: 'node' }),
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
    hasDisk: true,
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
    hasDisk: true,
    start: (place) => startWorker(place, readProgram('cloudflare-workers.md', 'worker.ts')),
    startVectors: (place) => startWorker(place, WORKER_VECTORS),
  },
  {
    name: 'Deno',
    runtime: 'deno',
    page: 'deno.md',
    program: 'server.ts',
    outbox: 'SQLite',
    hasDisk: true,
    start: (place) =>
      startPage(place, 'deno', { page: 'deno.md', file: 'server.ts', flags: DENO_FLAGS }),
    startVectors: (place) => startVectorServer(place, 'deno', { serve: 'deno', flags: DENO_FLAGS }),
    startCalls: (place) => startCallServer(place, 'deno', { serve: 'deno', flags: DENO_FLAGS }),
  },
  {
    name: 'Bun',
    runtime: 'bun',
    page: 'bun.md',
    program: 'server.ts',
    outbox: 'SQLite',
    hasDisk: true,
    start: (place) =>
      startPage(place, 'bun', { page: 'bun.md', file: 'server.ts', flags: ['run'] }),
    startVectors: (place) => startVectorServer(place, 'bun', { serve: 'bun', flags: ['run'] }),
    startCalls: (place) => startCallServer(place, 'bun', { serve: 'bun', flags: ['run'] }),
  },
  {
    name: 'Next.js, API route on Node',
    runtime: 'next',
    page: 'vercel-edge.md',
    program: 'pages/api/uploads',
    outbox: 'memory',
    start: (place) => startNext(place, '/api/uploads'),
  },
  {
    name: 'Next.js, edge route',
    runtime: 'next',
    page: 'vercel-edge.md',
    program: 'route.js',
    outbox: 'memory',
    dropsLength: true,
    start: (place) => startNext(place, MOUNT),
  },
  {
    name: 'edge-runtime, bundled by esa-cli',
    runtime: 'esa-cli',
    page: 'alibaba-esa.md',
    program: 'src/index.js',
    outbox: 'memory',
    start: startEsaBundle,
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
