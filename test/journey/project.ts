/**
 * A project of somebody who has nothing but the packed tarball: its commands as processes, its files, its application and a
 * page in a real Chromium.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packPackage } from '../../src/dev/check-package.ts'
import type { UploadEvent } from '../../src/webhook/event.ts'
import { createReceiver } from '../../src/webhook/receiver.ts'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { installTarball } from '../support/consumer.ts'

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

export interface Project {
  folder: string
  /** Runs `upcall` to its end. */
  upcall(...args: string[]): Promise<Ended>
  /** The same with further variables. */
  upcallWith(env: Record<string, string>, ...args: string[]): Promise<Ended>
  /** Starts `upcall`, and waits until its output has `pattern`: its first group. */
  start(pattern: RegExp, ...args: string[]): Promise<{ child: ChildProcess; found: string }>
  read(name: string): string
  /** Sets a variable in `.env`. */
  setVariable(name: string, value: string): void
  getVariable(name: string): string
  close(): Promise<void>
}

/** Values as `upcall init` writes them: with single quotes, or none. */
const unquote = (value: string) => /^'(.*)'$/.exec(value)?.[1] ?? value

export function createProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-journey-'))
  const running = new Set<ChildProcess>()
  installTarball(folder, packPackage(folder).path, ['prom-client'])
  const program = join(folder, 'node_modules/.bin/upcall')
  const options = { cwd: folder, env: { ...COMPILE_CACHE, PATH: process.env.PATH ?? '' } }
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  async function run(env: Record<string, string>, args: string[]): Promise<Ended> {
    const all = { ...options, env: { ...options.env, ...env } }
    try {
      return { code: 0, ...(await promisify(execFile)(program, args, all)) }
    } catch (error) {
      return error as Ended
    }
  }

  return {
    folder,
    read,
    upcall: (...args) => run({}, args),
    upcallWith: (env, ...args) => run(env, args),
    async start(pattern, ...args) {
      const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
      running.add(child)
      let said = ''
      child.stderr.on('data', (chunk) => {
        said += chunk
      })
      for await (const chunk of child.stdout) {
        said += chunk
        const [, found] = pattern.exec(said) ?? []
        if (found === undefined) continue
        child.stdout.resume()
        return { child, found }
      }
      throw new Error(`upcall ${args[0]} ended without ${pattern}: ${said}`)
    },
    setVariable(name, value) {
      const lines = read('.env').split('\n')
      const others = lines.filter((line) => line !== '' && !line.startsWith(`${name}=`))
      writeFileSync(join(folder, '.env'), `${[...others, `${name}='${value}'`].join('\n')}\n`)
    },
    getVariable(name) {
      return unquote(new RegExp(`^${name}=(.*)$`, 'm').exec(read('.env'))?.[1] ?? '')
    },
    async close() {
      for (const child of running) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Application {
  url: string
  events: UploadEvent[]
  /** Takes events that are signed with these from now on. */
  setSecrets(secrets: readonly string[]): void
  /** Whether it refuses every event for good. */
  isClosed: boolean
  close(): void
}

/** The application behind the webhook, with the receiver of the package. */
export async function startApplication(): Promise<Application> {
  const events: UploadEvent[] = []
  let receive: (...given: Parameters<ReturnType<typeof createReceiver>['node']>) => unknown
  const application: Application = {
    url: '',
    events,
    isClosed: false,
    setSecrets(secrets) {
      const receiver = createReceiver({
        secrets: [...secrets],
        onEvent(event) {
          events.push(event)
          return { ok: true, number: events.length }
        },
        onError() {},
      })
      receive = receiver.node
    },
    close: () => void server.close(),
  }
  const server: Server = createServer((request, response) => {
    if (application.isClosed) response.writeHead(410).end()
    else receive(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  application.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/uploads`
  return application
}

/** A page of another origin, which loads the client from the service. */
export async function startPage(service: string): Promise<{ origin: string; close(): void }> {
  const html = `<!doctype html><meta charset="utf-8"><title>page</title><script type="module">
import { upload } from '${service}/client.mjs'
window.send = async (token, name, size, options) => {
  const file = new File([new Uint8Array(size).fill(65)], name, { type: 'text/plain' })
  const { response, key } = await upload(file, { endpoint: '${service}', profile: 'files',
    headers: { authorization: 'Bearer ' + token }, storage: null, ...options })
  return { response, key }
}
</script>`
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() }
}
