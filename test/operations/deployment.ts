/**
 * A deployment on this machine: the service as a process that is stopped and started with other settings, a local OSS that
 * keeps its objects, an application behind the webhook.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { findPort } from '../../src/dev/find-port.ts'
import { createEmulator } from '../../src/emulator/app.ts'
import { listen } from '../../src/emulator/listen.ts'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { createRsaKeyPair } from '../../src/protocol/crypto-rsa-private.ts'
import { createBearer } from '../support/bearer.ts'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { changeEnvironment } from '../support/environment.ts'

export interface AccessKey {
  accessKeyId: string
  accessKeySecret: string
}

export interface Delivered {
  headers: Record<string, string>
  body: string
}

export interface Deployment {
  url: string
  folder: string
  /** Events that the application has taken. */
  delivered: Delivered[]
  /** Whether the application responds 503 to everything. */
  isDown: boolean
  /** Starts the service; variables given once stay. */
  start(env?: Record<string, string>): Promise<void>
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>
  restart(env: Record<string, string>): Promise<void>
  /** OSS from now on takes these keys, and no others. */
  setAccessKeys(keys: readonly AccessKey[]): Promise<void>
  token(secret?: string): Promise<string>
  close(): Promise<void>
}

export const OLD_KEY: AccessKey = { accessKeyId: 'old-key', accessKeySecret: 'old-key-secret' }
export const NEW_KEY: AccessKey = { accessKeyId: 'new-key', accessKeySecret: 'new-key-secret' }
export const OLD_JWT = 'old-jwt-secret-of-at-least-32-bytes'
export const NEW_JWT = 'new-jwt-secret-of-at-least-32-bytes'
export const OLD_SECRET = 'old-upcall-secret-of-at-least-32-bytes'
export const NEW_SECRET = 'new-upcall-secret-of-at-least-32-bytes'
export const OLD_WEBHOOK = `whsec_${btoa('o'.repeat(32))}`
export const NEW_WEBHOOK = `whsec_${btoa('n'.repeat(32))}`

const KEY_BITS = 1024

async function startApplication(deployment: Pick<Deployment, 'delivered' | 'isDown'>) {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const headers = request.headers as Record<string, string>
    if (!deployment.isDown) deployment.delivered.push({ headers, body })
    const words = '{"ok":true}'
    response
      .writeHead(deployment.isDown ? 503 : 200, {
        'content-type': 'application/json',
        'content-length': words.length,
      })
      .end(words)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

export async function createDeployment(): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-operations-'))
  const [ossPort, port] = [await findPort(), await findPort()]
  const ossUrl = `http://127.0.0.1:${ossPort}`
  const publicKeyUrl = `${ossUrl}/-/callback_pub_key.pem`
  const { privateKey, publicKey } = createRsaKeyPair(KEY_BITS)
  let child: ChildProcess | undefined
  let closeOss: () => Promise<void> = async () => {}

  async function startOss(accessKeys: readonly AccessKey[]): Promise<void> {
    await closeOss()
    const emulator = createEmulator({
      accessKeys: [...accessKeys],
      buckets: ['examplebucket'],
      storage: createDiskStorage({ folder: join(folder, 'objects') }),
      callbackKey: { privateKey, publicKeyUrl },
      allowPrivateCallbacks: true,
    })
    const server = await listen(emulator, { port: ossPort, host: '127.0.0.1' })
    closeOss = async () => {
      await server.close()
      await emulator.close()
    }
  }

  const profiles = { any: { key: 'any/{sub}/{id}', types: ['*'], maxSize: 100_000_000 } }
  let variables: Record<string, string> = {}

  const deployment: Deployment = {
    url: `http://127.0.0.1:${port}`,
    folder,
    delivered: [],
    isDown: false,
    async start(env = {}) {
      variables = { ...variables, ...env }
      child = spawn(process.execPath, ['src/entry/node.ts'], {
        env: { ...COMPILE_CACHE, ...changeEnvironment(variables) },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
      })
      const exit = once(child, 'exit').then(() => {
        throw new Error(`The service did not start: ${said}`)
      })
      exit.catch(() => {})
      await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), exit])
    },
    async stop() {
      if (!child) return null
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = (await exit) as [number | null]
      child = undefined
      return code
    },
    async restart(env) {
      await deployment.stop()
      await deployment.start(env)
    },
    setAccessKeys: startOss,
    token: (secret = OLD_JWT) => createBearer({ now: new Date(), secret }),
    async close() {
      child?.kill('SIGKILL')
      application.server.closeAllConnections()
      application.server.close()
      await closeOss()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  const application = await startApplication(deployment)
  variables = {
    HOST: '127.0.0.1',
    PORT: String(port),
    OSS_ENDPOINT: ossUrl,
    OSS_ACCESS_KEY_ID: OLD_KEY.accessKeyId,
    OSS_ACCESS_KEY_SECRET: OLD_KEY.accessKeySecret,
    UPCALL_DATA: join(folder, 'data'),
    UPCALL_PUBLIC_URL: deployment.url,
    UPCALL_PROFILES: JSON.stringify(profiles),
    UPCALL_CALLBACK_KEYS: JSON.stringify({ [publicKeyUrl]: publicKey }),
    UPCALL_SECRET: OLD_SECRET,
    UPCALL_JWT_SECRET: OLD_JWT,
    UPCALL_WEBHOOK_URL: application.url,
    UPCALL_WEBHOOK_SECRETS: OLD_WEBHOOK,
  }
  await startOss([OLD_KEY, NEW_KEY])
  await deployment.start()
  return deployment
}
