/**
 * BullMQ on PostgreSQL, in a schema of its own that is created and brought up to date at start.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-wal.html
 */
import { OutboxError } from '../../service/delivery/outbox.ts'
import {
  type BullModule,
  type DurabilityReport,
  type Engine,
  loadPackage,
  openQueue,
} from './engine.ts'

export interface PostgresEngineOptions {
  /** `postgres://` or `postgresql://`; may hold user and password. */
  url: string
  /** Time limit of one query of a caller, ms. */
  storeMs: number
}

const SCHEMA = 'upcall'

/** Connections of one process: for callers, for the worker, for events; and two that listen. */
const POOL_SIZES = { queue: 8, worker: 8, events: 1 }

/** Queries of the worker may take longer: one moves all that became due at once. */
const WORKER_QUERY_MS = 120_000

/** Host and port for messages; user and password stay out. */
function readAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new OutboxError(
      'OUTBOX_STORE',
      'The URL of PostgreSQL must begin with postgres:// or postgresql://.',
    )
  }
  return parsed.host
}

const CHECK = `SELECT current_setting('fsync') AS fsync,
  current_setting('synchronous_commit') AS commit,
  current_setting('full_page_writes') AS pages`

function checkSettings(row: Record<string, unknown> | undefined): DurabilityReport {
  const refusals: string[] = []
  const problems: string[] = []
  if (row?.fsync !== 'on') {
    refusals.push('PostgreSQL has fsync off: a crash of its machine loses receipts. Set fsync on.')
  }
  if (row?.commit === 'off') {
    refusals.push(
      'PostgreSQL has synchronous_commit off: a crash loses the last receipts. Set synchronous_commit on.',
    )
  }
  if (row?.pages !== 'on') {
    problems.push('PostgreSQL has full_page_writes off: a crash may damage the store.')
  }
  return { refusals, problems }
}

/** `disk_full` and `out_of_memory`. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FULL = /^(53100|53200)$/

/**
 * Clients whose connection may break at any moment. Between two queries of a transaction, a client of a pool has no
 * listener for errors, and without one Node ends the process; the next query fails anyway, and is repeated.
 *
 * @see https://node-postgres.com/apis/pool#error
 */
export function createGuardedClient(
  Client: typeof import('pg').Client,
): typeof import('pg').Client {
  return class GuardedClient extends Client {
    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config)
      this.on('error', () => {})
    }
  }
}

/** @throws {OutboxError} `OUTBOX_STORE`, `OUTBOX_UNSUPPORTED` */
export async function createPostgresEngine(
  bullmq: BullModule,
  { url, storeMs }: PostgresEngineOptions,
): Promise<Engine> {
  const address = readAddress(url)
  const { default: pg } = await loadPackage(() => import('pg'), 'pg')
  const base = {
    connectionString: url,
    schema: SCHEMA,
    connectionTimeoutMillis: storeMs,
    Client: createGuardedClient(pg.Client),
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: storeMs,
    query_timeout: storeMs,
  })
  pool.on('error', () => {})
  try {
    await pool.query('SELECT 1')
  } catch (cause) {
    await pool.end()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OutboxError('OUTBOX_STORE', `PostgreSQL at ${address} does not respond: ${reason}`, {
      cause,
    })
  }
  return {
    async checkDurability() {
      const { rows } = await pool.query<Record<string, unknown>>(CHECK)
      return checkSettings(rows[0])
    },
    async open(options) {
      // Migrations may take longer than a caller waits: they have a connection of their own.
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: storeMs })
      client.on('error', () => {})
      await client.connect()
      try {
        await bullmq.runMigrations(client, SCHEMA)
      } catch (cause) {
        if (cause instanceof bullmq.SchemaVersionMismatchError) {
          throw new OutboxError(
            'OUTBOX_VERSION',
            `A newer version of BullMQ wrote the schema ${SCHEMA} in PostgreSQL: ${cause.message}`,
            { cause },
          )
        }
        throw cause
      } finally {
        await client.end()
      }
      return openQueue(
        bullmq,
        bullmq.createPostgresBackend,
        {
          queue: { ...base, max: POOL_SIZES.queue, query_timeout: storeMs },
          worker: { ...base, max: POOL_SIZES.worker, query_timeout: WORKER_QUERY_MS },
          events: { ...base, max: POOL_SIZES.events },
        },
        options,
      )
    },
    isFull: (error) => error instanceof Error && 'code' in error && FULL.test(String(error.code)),
    async stopReconnecting() {},
    close: () => pool.end(),
  }
}
