/** How a program of `docs/deploy`, or the vectors, start on each kind of runtime. */
import { join } from 'node:path'
import { findPort } from '../../src/dev/find-port.ts'
import { startRedis } from '../support/redis.ts'
import { startWorkerd } from '../support/workerd.ts'
import { type EdgePlatform, startOnEdge } from './edge-runtime.ts'
import { readProgram } from './pages.ts'
import { bundleProgram, type Program, startProgram, writeProgram } from './programs.ts'

export interface Place {
  /** The consumer: `oss-upcall` is installed there. */
  consumer: string
  /** By the name of the runtime. */
  findBinary(runtime: string): string
  /** Where it is installed. For frameworks, `oss-upcall` is installed there, too. */
  findFolder(runtime: string): string
  /** Variables for a service under this public URL. */
  buildEnvironment(publicUrl: string): Record<string, string>
}

export interface Running extends Pick<Program, 'stop'> {
  /** Of the service, without a slash at the end. */
  url: string
}

export type Env = Record<string, string>
/** Arguments of the runtime's command before the file. */
type Flags = readonly string[]

export async function startServer(
  { consumer, findBinary, buildEnvironment }: Place,
  runtime: string,
  args: readonly string[],
  more: Env = {},
): Promise<Running> {
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...buildEnvironment(url), PORT: String(port), ...more }
  const command = findBinary(runtime)
  const program = await startProgram({ command, args, cwd: consumer, env }, `${url}/healthz`)
  return { url, stop: program.stop }
}

export async function startPage(
  place: Place,
  runtime: string,
  { page, file, flags = [] }: { page: string; file: string; flags?: Flags },
  more: Env = {},
): Promise<Running> {
  const name = `${runtime}-${file}`
  writeProgram(place.consumer, name, readProgram(page, file))
  return startServer(place, runtime, [...flags, name], { UPCALL_DATA: `data-${runtime}`, ...more })
}

/** One Redis for one service. */
export async function withRedis(start: (env: Env) => Promise<Running>): Promise<Running> {
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
    createServer(async ({ url }, response) =>
      response.end(await (await respond('http://127.0.0.1' + url)).text()))
      .listen(process.env.PORT, '127.0.0.1')`,
  deno: `Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT')) }, ({ url }) => respond(url))`,
  bun: `Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: ({ url }) => respond(url) })`,
}

interface Serving {
  /** How the runtime listens. */
  serve: string
  flags?: Flags
}

/** A module of this folder, with `oss-upcall` left for the runtime to find; `name` is its function that responds. */
async function startModule(
  place: Place,
  runtime: string,
  { module, name }: { module: string; name: string },
  { serve, flags = [] }: Serving,
): Promise<Running> {
  const file = JSON.stringify(join(import.meta.dirname, `${module}.ts`))
  const code = `import { ${name} as respond } from ${file}\n${SERVE[serve]}`
  const bundle = await bundleProgram(place.consumer, code, {
    platform: 'node',
    external: ['oss-upcall', 'oss-upcall/*'],
  })
  const program = `${runtime}-${module}.mjs`
  writeProgram(place.consumer, program, bundle)
  return startServer(place, runtime, [...flags, program])
}

export const startVectorServer = (place: Place, runtime: string, serving: Serving) =>
  startModule(place, runtime, { module: 'vectors', name: 'fetch' }, serving)

/** The calls of `oss-upcall/node`. */
export const startCallServer = (place: Place, runtime: string, serving: Serving) =>
  startModule(place, runtime, { module: 'server-calls', name: 'respond' }, serving)

export async function startWorker(place: Place, code: string): Promise<Running> {
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

export const WORKER_VECTORS = `import { fetch } from ${JSON.stringify(join(import.meta.dirname, 'vectors.ts'))}
export default { fetch }
export class Ledger {}`

export async function startEdgePage(
  place: Place,
  platform: EdgePlatform,
  { page, file, mount = '' }: { page: string; file: string; mount?: string },
): Promise<Running> {
  const port = await findPort()
  const url = `http://127.0.0.1:${port}${mount}`
  const path = writeProgram(place.consumer, `edge-${platform}-program.js`, readProgram(page, file))
  const env = place.buildEnvironment(url)
  const folder = place.consumer
  const start = { folder, platform, file: path, env, port, url: `${url}/healthz` }
  return { url, stop: (await startOnEdge(start)).stop }
}

export async function startEdgeVectors({ consumer: folder }: Place): Promise<Running> {
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  // Copied to where `oss-upcall` is found.
  const code = await bundleProgram(folder, `export * from '${import.meta.dirname}/vectors.ts'`, {
    external: ['oss-upcall', 'oss-upcall/*'],
  })
  const file = writeProgram(folder, 'edge-vectors-program.js', code)
  const { stop } = await startOnEdge({ folder, platform: 'vectors', file, env: {}, port, url })
  return { url, stop }
}
