/** The service as it is deployed, once on each engine, as real processes that can be killed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../support/postgres.ts'
import { startRedis } from '../../support/redis.ts'
import { bundleWorker, startWorkerd } from '../../support/workerd.ts'
import { startBalancer } from './balancer.ts'
import { createServiceProcess } from './service-process.ts'

export interface Target {
  /** SIGKILL. */
  kill(): Promise<void>
  /** On the same port and data; resolves when it responds. */
  start(): Promise<void>
}

export interface Deployment {
  /** Where pages and OSS call. */
  url: string
  services: Target[]
  /** Absent where the engine is part of the service's process. */
  engine?: Target
  /** It has no timer of its own: somebody must ask for each sweep. */
  needsSweeps: boolean
  /** The end of the log for each time that a process of the service ended by itself after its start. */
  readCrashes(): readonly string[]
  readLogs(): string
  close(): Promise<void>
}

type Env = Readonly<Record<string, string>>

/** @param env for a service behind this public URL */
type Deploy = (env: (publicUrl: string) => Env) => Promise<Deployment>

function createFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-chaos-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

async function deployOnNode(
  count: number,
  env: (publicUrl: string) => Env,
  engine: (Target & { stop(): Promise<void> }) | undefined,
  remove: () => void = () => {},
): Promise<Deployment> {
  const ports: number[] = []
  const balancer = await startBalancer(() => ports)
  const services = await Promise.all(
    Array.from({ length: count }, () => createServiceProcess(env(balancer.url))),
  )
  ports.push(...services.map(({ port }) => port))
  await Promise.all(services.map((service) => service.start()))
  return {
    url: balancer.url,
    services,
    ...(engine && { engine }),
    needsSweeps: false,
    readCrashes: () => services.flatMap((service) => service.readCrashes()),
    readLogs: () => services.map((service) => service.readLog()).join('\n---\n'),
    async close() {
      await Promise.all(services.map((service) => service.stop()))
      await engine?.stop()
      await balancer.close()
      remove()
    },
  }
}

async function deployOnSqlite(env: (publicUrl: string) => Env): Promise<Deployment> {
  const { folder, remove } = createFolder()
  return deployOnNode(1, (url) => ({ ...env(url), UPCALL_DATA: folder }), undefined, remove)
}

async function deployOnRedis(env: (publicUrl: string) => Env): Promise<Deployment> {
  const { url: redisUrl, kill, restart, stop } = await startRedis()
  const engine = { kill, start: restart, stop }
  return deployOnNode(2, (url) => ({ ...env(url), UPCALL_REDIS_URL: redisUrl }), engine)
}

async function deployOnPostgres(env: (publicUrl: string) => Env): Promise<Deployment> {
  const { url: postgresUrl, kill, restart, stop } = await startPostgres()
  const engine = { kill, start: restart, stop }
  return deployOnNode(2, (url) => ({ ...env(url), UPCALL_POSTGRES_URL: postgresUrl }), engine)
}

async function deployOnWorkerd(env: (publicUrl: string) => Env): Promise<Deployment> {
  const { folder, remove } = createFolder()
  let port = 0
  const balancer = await startBalancer(() => [port])
  const code = await bundleWorker('src/entry/worker.ts')
  const workerd = await startWorkerd({ folder, code, env: env(balancer.url) })
  port = Number(new URL(workerd.url).port)
  return {
    url: balancer.url,
    services: [{ kill: () => workerd.stop('SIGKILL'), start: () => workerd.start() }],
    needsSweeps: true,
    readCrashes: () => [],
    readLogs: () => '',
    async close() {
      await workerd.stop()
      await balancer.close()
      remove()
    },
  }
}

export const DEPLOYMENTS = {
  'one process on SQLite': deployOnSqlite,
  'two on Redis': deployOnRedis,
  'two on PostgreSQL': deployOnPostgres,
  'a Worker in workerd': deployOnWorkerd,
} as const satisfies Record<string, Deploy>

export type DeploymentName = keyof typeof DEPLOYMENTS
