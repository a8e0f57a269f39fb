/** Programs that a framework or a platform's own tool builds: Next.js, and Alibaba's `esa-cli`. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPort } from '../../src/dev/find-port.ts'
import { startOnEdge } from './edge-runtime.ts'
import { listBlocks, readProgram } from './pages.ts'
import { startProgram, writeProgram } from './programs.ts'
import type { Place, Running } from './start.ts'

const BUILD_TIMEOUT_MS = 300_000
const run = promisify(execFile)

async function build(folder: string, args: readonly string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, CI: '1', NEXT_TELEMETRY_DISABLED: '1' }
  await run(process.execPath, args, { cwd: folder, env, timeout: BUILD_TIMEOUT_MS })
}

const NEXT = 'node_modules/next/dist/bin/next'
const ROUTES = ['pages/api/uploads/[...path].js', 'app/uploads-api/[...path]/route.js']
const LAYOUT = 'export default ({ children }) => <html><body>{children}</body></html>\n'
/** Folders whose project is built. */
const built = new Map<string, Promise<void>>()

/** Both programs of the page are in one project: built once, without any variable. */
function buildNext(folder: string): Promise<void> {
  const known = built.get(folder)
  if (known) return known
  for (const file of ROUTES) writeProgram(folder, file, readProgram('vercel-edge.md', file))
  writeProgram(folder, 'app/layout.js', LAYOUT)
  const building = build(folder, [NEXT, 'build'])
  built.set(folder, building)
  return building
}

/** @param mount where the route is in the site */
export async function startNext(
  { findFolder, buildEnvironment }: Place,
  mount: string,
): Promise<Running> {
  const folder = findFolder('next')
  await buildNext(folder)
  const port = await findPort()
  const url = `http://127.0.0.1:${port}${mount}`
  const args = [NEXT, 'start', '-H', '127.0.0.1', '-p', String(port)]
  const env = { ...buildEnvironment(url), NEXT_TELEMETRY_DISABLED: '1' }
  const command = { command: process.execPath, args, cwd: folder, env }
  return { url, stop: (await startProgram(command, `${url}/healthz`)).stop }
}

/** What `esa-cli deploy` calls before it sends the bundle. */
const ESA_BUILD = `const { default: build } = await import('esa-cli/dist/commands/commit/prodBuild.js')
await build(false)`

export async function startEsaBundle({ findFolder, buildEnvironment }: Place): Promise<Running> {
  const folder = findFolder('esa-cli')
  const settings = listBlocks('docs/deploy/alibaba-esa.md').find(
    ({ language }) => language === 'json',
  )
  writeProgram(folder, 'esa.jsonc', settings?.code ?? '')
  writeProgram(folder, 'src/index.js', readProgram('alibaba-esa.md', 'src/index.js'))
  await build(folder, ['--input-type=module', '--eval', ESA_BUILD])
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const file = join(folder, '.dev/pub.js')
  const env = buildEnvironment(url)
  const program = { folder, platform: 'esa', file, env, port, url: `${url}/healthz` } as const
  return { url, stop: (await startOnEdge(program)).stop }
}
