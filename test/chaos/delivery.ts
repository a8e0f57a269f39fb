/**
 * Delivery under chaos: the local OSS with faults, real processes of the service on each engine, both killed at random
 * moments, pages that are closed, and an application that fails. Judged from outside: the objects in the bucket are the
 * rows of the application, each once. What is thrown is random and not repeatable: processes die when they die.
 */
import { DEFAULT_PERSISTENCE, startRedis } from '../support/redis.ts'
import { listBucket } from './delivery/bucket.ts'
import { compare } from './delivery/compare.ts'
import {
  DEPLOYMENTS,
  type Deployment,
  type DeploymentName,
  type Target,
} from './delivery/deployments.ts'
import { askOperator } from './delivery/operator.ts'
import { createPageCounts, type PageCounts, uploadOnce } from './delivery/pages.ts'
import { runRefused } from './delivery/service-process.ts'
import {
  buildEnvironment,
  SWEEP_OLDER_THAN_SECONDS,
  SWEEP_SECONDS,
  startOss,
  startReceiver,
} from './delivery/surroundings.ts'
import type { ReceiverTable } from './delivery/table.ts'

export interface DeliveryScale {
  uploads: number
  /** Pages at once. */
  pages: number
  /** Each page waits up to this before its next upload, ms. */
  pauseMs: number
  /** Between two kills of the same kind, ms. */
  killEveryMs: readonly [number, number]
  /** How long everything may take to arrive after the last upload, ms. */
  settleMs: number
}

export const LONG: DeliveryScale = {
  uploads: 5000,
  pages: 24,
  pauseMs: 100,
  killEveryMs: [2500, 9000],
  settleMs: 300_000,
}

export const SHORT: DeliveryScale = {
  uploads: 48,
  pages: 8,
  pauseMs: 1200,
  killEveryMs: [800, 2000],
  settleMs: 120_000,
}

export interface DeliveryOutcome {
  pages: PageCounts
  table: ReceiverTable
  objects: number
  serviceKills: number
  engineKills: number
  /** Faults of the local OSS. */
  callbacks: { lost: number; repeated: number; delayed: number }
  /** Events by how the upload became known. */
  via: Record<'callback' | 'confirm' | 'sweep', number>
  seconds: number
  /** From the last kill until everything had arrived. */
  settleSeconds: number
  /** What is wrong, in sentences; empty when all is well. */
  wrong: string[]
}

const MAX_DOWN_MS = 700

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Kills a random one, again and again, until the signal. @returns how often */
async function keepKilling(
  targets: readonly Target[],
  [leastMs, mostMs]: readonly [number, number],
  signal: AbortSignal,
): Promise<number> {
  let kills = 0
  while (targets.length > 0) {
    await wait(leastMs + Math.random() * (mostMs - leastMs))
    if (signal.aborted) break
    const target = targets[Math.floor(Math.random() * targets.length)]
    await target?.kill()
    kills += 1
    await wait(Math.random() * MAX_DOWN_MS)
    await target?.start()
  }
  return kills
}

async function keepSweeping(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await askOperator(url, 'sweep', { olderThanSeconds: SWEEP_OLDER_THAN_SECONDS })
    await wait(SWEEP_SECONDS * 1000)
  }
}

async function uploadAll(url: string, scale: DeliveryScale): Promise<PageCounts> {
  const counts = createPageCounts()
  let left = scale.uploads
  async function browse(): Promise<void> {
    while (left > 0) {
      left -= 1
      await wait(Math.random() * scale.pauseMs)
      await uploadOnce(url, counts)
    }
  }
  await Promise.all(Array.from({ length: scale.pages }, browse))
  return counts
}

/** Everything is killed at once and started again. */
async function killAll({ services, engine }: Deployment): Promise<void> {
  const all = [...services, ...(engine ? [engine] : [])]
  await Promise.all(all.map((target) => target.kill()))
  await Promise.all(all.map((target) => target.start()))
}

/** Until nothing is due and the application knows as many uploads as there are. @returns what is left, if anything */
async function settle(
  url: string,
  uploads: number,
  readTable: () => Promise<ReceiverTable>,
  limitMs: number,
): Promise<string[]> {
  const until = Date.now() + limitMs
  let seen = 'nothing'
  while (Date.now() < until) {
    const stats = await askOperator<{ due: number; dead: number }>(url, 'deliveries')
    const { rows } = await readTable()
    if (stats?.due === 0 && rows.length >= uploads) return []
    seen = `${rows.length} of ${uploads} in the table, ${stats?.due} due, ${stats?.dead} dead`
    await wait(500)
  }
  return [`after ${limitMs / 1000} s: ${seen}`]
}

async function checkOutside(
  { url, readCrashes }: Deployment,
  ossUrl: string,
  table: ReceiverTable,
  uploads: number,
): Promise<{ objects: number; wrong: string[] }> {
  const objects = await listBucket(ossUrl)
  const wrong = compare(objects, table)
  if (objects.length !== uploads) {
    wrong.push(`${objects.length} objects are stored, ${uploads} were uploaded`)
  }
  const page = await askOperator<{ entries: unknown[] }>(url, 'dead')
  if (page?.entries.length !== 0) wrong.push(`the dead list has ${page?.entries.length} entries`)
  for (const words of readCrashes()) wrong.push(`a service ended by itself, ${words}`)
  return { objects: objects.length, wrong }
}

/** One deployment from its start to what is found wrong. */
export async function runDelivery(
  name: DeploymentName,
  scale: DeliveryScale,
): Promise<DeliveryOutcome> {
  const startedAt = Date.now()
  const receiver = await startReceiver()
  const oss = await startOss()
  const closing: (() => Promise<void>)[] = [receiver.close, oss.close]
  try {
    const deployment = await DEPLOYMENTS[name]((publicUrl) =>
      buildEnvironment(publicUrl, oss.url, receiver.url),
    )
    closing.unshift(deployment.close)
    const { url, services, engine, needsSweeps } = deployment
    const [uploaded, finished] = [new AbortController(), new AbortController()]
    closing.unshift(async () => finished.abort())
    const sweeping = needsSweeps ? keepSweeping(url, finished.signal) : undefined
    // Reported where it is awaited.
    sweeping?.catch(() => {})
    const [pages, serviceKills, engineKills] = await Promise.all([
      uploadAll(url, scale).finally(() => uploaded.abort()),
      keepKilling(services, scale.killEveryMs, uploaded.signal),
      keepKilling(engine ? [engine] : [], scale.killEveryMs, uploaded.signal),
    ])
    await killAll(deployment)
    const lastKillAt = Date.now()
    const late = await settle(url, pages.uploads, receiver.readTable, scale.settleMs)
    const settleSeconds = (Date.now() - lastKillAt) / 1000
    const table = await receiver.readTable()
    const { objects, wrong } = await checkOutside(deployment, oss.url, table, pages.uploads)
    finished.abort()
    await sweeping
    if (late.length + wrong.length > 0) wrong.push(`logs: ${deployment.readLogs()}`)
    const via = { callback: 0, confirm: 0, sweep: 0 }
    for (const row of table.rows) via[row.via] += 1
    return {
      pages,
      table,
      objects,
      serviceKills: serviceKills + services.length,
      engineKills: engine ? engineKills + 1 : serviceKills + services.length,
      callbacks: oss.callbacks,
      via,
      seconds: (Date.now() - startedAt) / 1000,
      settleSeconds,
      wrong: [...pages.wrong.slice(0, 5), ...late, ...wrong],
    }
  } finally {
    for (const close of closing) await close()
  }
}

/** The service on a Redis that nobody configured: it must refuse to start. */
export async function runOnDefaultRedis(): Promise<{ code: number | null; words: string }> {
  const redis = await startRedis(DEFAULT_PERSISTENCE)
  try {
    const env = buildEnvironment('http://127.0.0.1:9', 'http://127.0.0.1:9', 'http://127.0.0.1:9')
    return await runRefused({ ...env, UPCALL_REDIS_URL: redis.url })
  } finally {
    await redis.stop()
  }
}
