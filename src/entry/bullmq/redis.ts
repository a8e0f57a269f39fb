/**
 * BullMQ on Redis or Valkey. A receipt is durable there only when each write goes to an append-only file and nothing is
 * evicted: otherwise the outbox does not start.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
 */
import type { Redis } from 'ioredis'
import { OutboxError } from '../../service/delivery/outbox.ts'
import {
  type BullModule,
  type DurabilityReport,
  type Engine,
  loadPackage,
  openQueue,
} from './engine.ts'

export interface RedisEngineOptions {
  /** `redis://` or `rediss://`; may hold user and password. */
  url: string
  /** Trust a Redis that tells nothing about its settings. */
  assumeDurable: boolean
  /** Time limit of one command of a caller, ms. */
  storeMs: number
}

/** Between two attempts to connect, ms. */
const MAX_RECONNECT_MS = 1000

/** `undefined`: the server does not tell. */
interface Settings {
  /** Whether CONFIG may be asked. Otherwise what INFO tells. */
  isConfigAllowed: boolean
  appendOnly: boolean | undefined
  policy: string | undefined
  appendFsync: string | undefined
}

async function readConfig(client: Redis, name: string): Promise<string | undefined> {
  const reply: unknown = await client.config('GET', name)
  return Array.isArray(reply) && reply.length > 1 ? String(reply[1]) : undefined
}

/** Managed servers forbid the command, rename it, or let a proxy refuse it: each says so with another error. */
const isRefusedCommand = (error: unknown): boolean =>
  error instanceof Error && /^(NOPERM|ERR|NOAUTH)\b/.test(error.message)

async function readSettings(client: Redis): Promise<Settings> {
  try {
    return {
      isConfigAllowed: true,
      appendOnly: (await readConfig(client, 'appendonly')) === 'yes',
      policy: await readConfig(client, 'maxmemory-policy'),
      appendFsync: await readConfig(client, 'appendfsync'),
    }
  } catch (error) {
    if (!isRefusedCommand(error)) throw error
    const info = await client.info().catch(() => '')
    const appendOnly = /^aof_enabled:(\d)/m.exec(info)?.[1]
    return {
      isConfigAllowed: false,
      appendOnly: appendOnly === undefined ? undefined : appendOnly === '1',
      policy: /^maxmemory_policy:(\S+)/m.exec(info)?.[1],
      appendFsync: undefined,
    }
  }
}

const HOW_TO_TRUST =
  'If your provider promises both, set assumeDurable (its settings cannot be read: CONFIG is forbidden).'

function checkSettings(settings: Settings, assumeDurable: boolean): DurabilityReport {
  const { isConfigAllowed, appendOnly, policy, appendFsync } = settings
  const refusals: string[] = []
  const problems: string[] = []
  if (!appendOnly) {
    refusals.push(
      appendOnly === undefined
        ? 'Redis does not tell whether it has appendonly on. Without it a crash loses receipts.'
        : 'Redis has appendonly off: a crash loses receipts. Set appendonly yes.',
    )
  }
  if (policy !== 'noeviction') {
    refusals.push(
      policy === undefined
        ? 'Redis does not tell its maxmemory-policy. Any but noeviction may remove receipts.'
        : `Redis has maxmemory-policy ${policy}: when its memory is full, it may remove receipts. Set maxmemory-policy noeviction.`,
    )
  }
  if (refusals.length > 0 && !isConfigAllowed) {
    if (!assumeDurable) return { refusals: [...refusals, HOW_TO_TRUST], problems }
    problems.push(
      `Trusted and not checked (assumeDurable): Redis writes each receipt to disk and never evicts it. It says: appendonly ${appendOnly ?? 'unknown'}, maxmemory-policy ${policy ?? 'unknown'}.`,
    )
    return { refusals: [], problems }
  }
  if (appendFsync === 'everysec') {
    problems.push(
      'Redis has appendfsync everysec: when its machine loses power, up to two seconds of receipts may be lost (the sweep finds them in the bucket). appendfsync always prevents it.',
    )
  } else if (appendFsync === 'no') {
    problems.push(
      'Redis has appendfsync no: when its machine loses power, up to half a minute of receipts may be lost (the sweep finds them in the bucket). Set appendfsync everysec or always.',
    )
  } else if (appendFsync === undefined) {
    problems.push('Redis does not tell its appendfsync: a loss of power may lose receipts.')
  }
  return { refusals, problems }
}

/** Host and port for messages; user and password stay out. */
function readAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^rediss?:$/.test(parsed.protocol)) {
    throw new OutboxError('OUTBOX_STORE', 'The URL of Redis must begin with redis:// or rediss://.')
  }
  return parsed.host
}

/** @throws {OutboxError} `OUTBOX_STORE`, `OUTBOX_UNSUPPORTED` */
export async function createRedisEngine(
  bullmq: BullModule,
  { url, assumeDurable, storeMs }: RedisEngineOptions,
): Promise<Engine> {
  const address = readAddress(url)
  const { Redis } = await loadPackage(() => import('ioredis'), 'ioredis')
  let isClosed = false
  // BullMQ's own copies of these connections have the same strategy.
  const retryStrategy = (times: number) =>
    isClosed ? null : Math.min(50 * times, MAX_RECONNECT_MS)
  // A caller must learn at once that Redis is away: no queue of commands, no endless repetition.
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: storeMs,
    connectTimeout: storeMs,
    retryStrategy,
  })
  // The worker waits for Redis as long as it takes.
  const patient = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: storeMs,
    retryStrategy,
  })
  const clients = [client, patient]
  const duplicate = patient.duplicate.bind(patient)
  patient.duplicate = (override) => {
    const copy = duplicate(override)
    clients.push(copy)
    return copy
  }
  for (const each of clients) each.on('error', () => {})
  let lastError: unknown
  client.on('error', (error) => {
    lastError = error
  })
  try {
    await client.connect()
    await patient.connect()
  } catch (error) {
    client.disconnect()
    patient.disconnect()
    const reason = lastError instanceof Error ? lastError : error
    throw new OutboxError('OUTBOX_STORE', `Redis at ${address} does not respond: ${reason}`, {
      cause: reason,
    })
  }
  return {
    async checkDurability() {
      return checkSettings(await readSettings(client), assumeDurable)
    },
    open: (options) =>
      openQueue(
        bullmq,
        bullmq.createRedisBackend,
        { queue: client, worker: patient, events: patient },
        options,
      ),
    isFull: (error) => error instanceof Error && /^OOM\b/.test(error.message),
    async stopReconnecting() {
      isClosed = true
      const until = Date.now() + storeMs + MAX_RECONNECT_MS
      while (clients.some(({ status }) => !/^(ready|end)$/.test(status)) && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async close() {
      isClosed = true
      for (const each of clients) each.disconnect()
    },
  }
}
