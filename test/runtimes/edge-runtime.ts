/**
 * Programs in `edge-runtime`, Vercel's package for local use: Web APIs alone, no `process`, no `Buffer`, no `node:`
 * modules, no code from texts. It stands for Vercel Edge, ESA and EdgeOne; how each calls a program is written here.
 */
import { join } from 'node:path'
import {
  bundleProgram,
  type Command,
  type Program,
  startProgram,
  writeProgram,
} from './programs.ts'

const HOST = join(import.meta.dirname, 'edge-host.ts')

export type EdgePlatform = 'vercel' | 'esa' | 'edgeone' | 'vectors'

/** `settings` are the environment variables. */
const CALLS: Readonly<Record<EdgePlatform, string>> = {
  vercel: `import * as program from 'program'
    addEventListener('fetch', (event) =>
      event.respondWith(program[event.request.method](event.request)))`,
  esa: `import program from 'program'
    addEventListener('fetch', (event) => event.respondWith(program.fetch(event.request, settings)))`,
  edgeone: `import { onRequest } from 'program'
    addEventListener('fetch', (event) =>
      event.respondWith(onRequest({ request: event.request, env: settings })))`,
  vectors: `import { fetch } from 'program'
    addEventListener('fetch', (event) => event.respondWith(fetch()))`,
}

/** Next.js names `edge-light`; esa-cli and EdgeOne leave what esbuild has for browsers. */
const CONDITIONS: Readonly<Partial<Record<EdgePlatform, string[]>>> = {
  vercel: ['edge-light', 'worker'],
}

export interface EdgeProgram {
  folder: string
  platform: EdgePlatform
  /** Of the program. */
  file: string
  env: Readonly<Record<string, string>>
  port: number
  /** Asked until it responds. */
  url: string
}

/** A script: nothing is external, so a `node:` import anywhere fails here. */
export async function bundleForEdge({
  folder,
  platform,
  file,
  env,
}: Pick<EdgeProgram, 'folder' | 'platform' | 'file' | 'env'>): Promise<string> {
  const conditions = CONDITIONS[platform]
  const code = await bundleProgram(folder, CALLS[platform], {
    format: 'iife',
    platform: 'browser',
    alias: { program: file },
    ...(conditions && { conditions }),
  })
  const settings = `const settings = ${JSON.stringify(env)};`
  // Vercel has `process.env`, and nothing else of `process`.
  const before = platform === 'vercel' ? 'var process = { env: settings };' : ''
  return `${settings}\n${before}\n${code}`
}

export async function startOnEdge(program: EdgeProgram): Promise<Program> {
  const { folder, platform, port, url } = program
  const script = writeProgram(folder, `edge-${platform}.js`, await bundleForEdge(program))
  const args = [HOST, script, String(port)]
  const command: Command = { command: process.execPath, args, cwd: folder, env: {} }
  return startProgram(command, url)
}
