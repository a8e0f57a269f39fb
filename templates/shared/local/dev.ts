/**
 * `npm run dev`: a local OSS, and the development server with the settings for it. The test starts the same.
 * Everything it stores is in one folder: the database, the photos on the local OSS, the recorded receipts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { createDiskStorage, startEmulator } from 'oss-upcall/emulator'
import { listCommands } from './commands.ts'

/** The first start of a development server builds much. */
const START_TIMEOUT_MS = 300_000
const HOST = '127.0.0.1'

export interface StartOptions {
  /** 0 takes a free one. */
  port: number
  folder: string
  /** Where the development server prints: here, or into an open file. */
  output: 'inherit' | number
}

export interface Application {
  url: string
  stop(): Promise<void>
}

/** @throws {Error} of Node when another program has the port */
async function findPort(port: number): Promise<number> {
  const server = createServer().listen(port, HOST)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : port
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

function startOss(folder: string, port: number) {
  // In production this is the CORS rule of the bucket.
  const cors = {
    allowedOrigins: [`http://${HOST}:${port}`, `http://localhost:${port}`],
    allowedMethods: ['POST', 'PUT'],
    allowedHeaders: ['*'],
  }
  return startEmulator({
    buckets: [{ name: 'examplebucket', cors: [cors] }],
    storage: createDiskStorage({ folder: `${folder}/oss` }),
  })
}

/** @throws {Error} when the development server ends before it responds */
export async function startDevelopment(options: StartOptions): Promise<Application> {
  const { folder, output } = options
  const port = await findPort(options.port)
  const url = `http://${HOST}:${port}`
  mkdirSync(folder, { recursive: true })
  const oss = await startOss(folder, port)
  const settings = {
    APP_DATA: folder,
    APP_USERS: 'alice:alice,bob:bob',
    OSS_BUCKET: oss.bucket,
    OSS_REGION: oss.region,
    OSS_ENDPOINT: oss.url,
    OSS_ACCESS_KEY_ID: oss.accessKeyId,
    OSS_ACCESS_KEY_SECRET: oss.accessKeySecret,
    // The same after a restart, so that the photos of yesterday can be read.
    UPCALL_SECRET: 'for-development-alone-and-no-secret-at-all',
    UPCALL_DATA: `${folder}/receipts`,
    UPCALL_PUBLIC_URL: `${url}/api/files`,
    UPCALL_CALLBACK_KEYS: JSON.stringify({
      [oss.emulator.callbackPublicKeyUrl]: oss.emulator.callbackPublicKey,
    }),
  }
  const run = (args: string[]) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...settings, NODE_ENV: 'development', HOST, PORT: String(port) },
    })
  const commands = listCommands({ port, folder, settings })
  const server = commands.pop() ?? []
  for (const args of commands) {
    const [code] = await once(run(args), 'exit')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`)
  }

  const child = run(server)
  let isRunning = true
  const exit = once(child, 'exit').then(async () => {
    isRunning = false
    await oss.close()
  })
  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await exit
  }
  const deadline = Date.now() + START_TIMEOUT_MS
  while (isRunning && Date.now() < deadline) {
    if (await isReady(url)) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error('The development server did not start: what it printed says why.')
}

if (process.argv[1] === import.meta.filename) {
  const { url, stop } = await startDevelopment({
    port: Number(process.env.PORT ?? 3000),
    folder: 'data',
    output: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  console.log(`\n  Open ${url} and sign in as alice, with the password alice.\n`)
}
