/**
 * The outbox on Cloudflare Workers: Durable Objects with SQLite and an alarm, one for each first character of the
 * upload ids. The object records and delivers; the Worker asks it by `fetch`.
 *
 * Over 200 lines: the class, and the outbox that talks to it, share one small wire format.
 *
 * @see https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
 */

import { createLedger, openSchema, type Row, type Sql } from '../service/delivery/ledger.ts'
import { createLedgerOutbox, type LedgerOutbox } from '../service/delivery/ledger-outbox.ts'
import {
  type DeadDelivery,
  type DeadPage,
  type Deliver,
  type DeliveryState,
  type Outbox,
  OutboxError,
  type OutboxErrorCode,
  type OutboxOptions,
} from '../service/delivery/outbox.ts'
import { systemTimers } from '../service/delivery/timers.ts'
import type { Receipt } from '../signer/accept-callback.ts'

/** What is used of a Durable Object's `state`. */
export interface DurableObjectState {
  storage: {
    sql: { exec(text: string, ...params: unknown[]): { toArray(): Row[] } }
    transactionSync<T>(work: () => T): T
    setAlarm(time: number): Promise<void>
  }
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>
}

/** What is used of a namespace's binding. */
export interface DurableObjectNamespace {
  idFromName(name: string): unknown
  get(id: never): { fetch(request: Request): Promise<Response> }
}

export interface DurableObject {
  fetch(request: Request): Promise<Response>
  alarm(): Promise<void>
}

/** An alarm's run starts no attempt after this, ms; the object sets the next alarm then. */
const ALARM_BUDGET_MS = 20_000
/** After a run that failed, ms. */
const FAILED_RUN_DELAY_MS = 5000

function toSql({ storage }: DurableObjectState): Sql {
  return {
    all: (text, ...params) => storage.sql.exec(text, ...params).toArray(),
    run: (text, ...params) => void storage.sql.exec(text, ...params),
    transaction: (work) => storage.transactionSync(work),
  }
}

const toWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Query {
  receipt?: Receipt
  waitMs?: number
  id?: string
  ids?: string[]
  after?: string
  limit?: number
}

/** Dates travel as text. */
function reviveReceipt(receipt: Receipt): Receipt {
  return { ...receipt, at: new Date(receipt.at) }
}

async function runQuery(outbox: LedgerOutbox, verb: string, query: Query): Promise<unknown> {
  const { receipt, waitMs = 0, id = '', ids = [], after, limit = 100 } = query
  switch (verb) {
    case 'accept':
      if (!receipt) throw new OutboxError('OUTBOX_STORE', 'The ledger was sent no receipt.')
      return outbox.accept(reviveReceipt(receipt), waitMs)
    case 'read':
      return (await outbox.read(id)) ?? null
    case 'missing':
      return outbox.missing(ids)
    case 'dead':
      return outbox.dead({ limit, ...(after !== undefined && { after }) })
    case 'replay':
      return outbox.replay(id)
    case 'stats':
      return outbox.stats()
    default:
      throw new OutboxError('OUTBOX_STORE', 'The ledger was asked something that it does not know.')
  }
}

export type LedgerOptions<Env> = Omit<OutboxOptions, 'deliver'> & {
  /** Called once for each object, with the Worker's environment. */
  createDeliver: (env: Env) => Deliver
}

/**
 * Makes the class that the Worker exports under the name in `wrangler.toml`.
 *
 * @returns a class of Durable Objects
 */
export function createLedgerClass<Env>({
  createDeliver,
  now = () => new Date(),
  ...options
}: LedgerOptions<Env>): new (
  state: DurableObjectState,
  env: Env,
) => DurableObject {
  return class implements DurableObject {
    readonly #state: DurableObjectState
    readonly #outbox: LedgerOutbox
    /** The alarm that is set, ms since 1970. */
    #alarmAt: number | undefined

    constructor(state: DurableObjectState, env: Env) {
      this.#state = state
      const sql = toSql(state)
      const ledger = createLedger(sql)
      this.#outbox = createLedgerOutbox({
        ...options,
        deliver: createDeliver(env),
        now,
        timers: systemTimers,
        store: {
          durable: true,
          // The runtime holds back every response and every request to the application until this is on disk:
          // https://developers.cloudflare.com/durable-objects/reference/glossary/#output-gate
          commit: async (work) => sql.transaction(() => work(ledger)),
          view: async (work) => work(ledger),
          wakeAt: (time) => this.#wakeAt(time),
          problems: async () => [],
          close: async () => {},
        },
      })
      void state.blockConcurrencyWhile(async () => {
        openSchema(sql)
        // An alarm that got lost would leave deliveries behind: it is set again whenever the object starts.
        const { dueAt } = ledger.readNext()
        if (dueAt !== undefined) this.#wakeAt(dueAt)
      })
    }

    #wakeAt(time: number): void {
      if (this.#alarmAt !== undefined && this.#alarmAt <= time) return
      this.#alarmAt = time
      // Part of the transaction that called: the runtime writes both or none.
      void this.#state.storage.setAlarm(time)
    }

    async fetch(request: Request): Promise<Response> {
      try {
        const query = (await request.json()) as Query
        const verb = new URL(request.url).pathname.slice(1)
        const result = await runQuery(this.#outbox, verb, query)
        return Response.json({ result })
      } catch (error) {
        const code: OutboxErrorCode = error instanceof OutboxError ? error.code : 'OUTBOX_STORE'
        return Response.json({ error: { code, message: toWords(error) } }, { status: 500 })
      }
    }

    /** Never throws: the runtime repeats an alarm that throws only a few times. */
    async alarm(): Promise<void> {
      this.#alarmAt = undefined
      let next: number | undefined
      try {
        next = (await this.#outbox.run({ budgetMs: ALARM_BUDGET_MS }))?.getTime()
      } catch {
        next = now().getTime() + FAILED_RUN_DELAY_MS
      }
      if (next !== undefined) this.#wakeAt(next)
    }
  }
}

/** Objects: one for each character that an upload id begins with. */
const SHARDS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
/** The object gets so much longer than the caller waits, ms. */
const GRACE_MS = 5000

function reviveState(state: DeliveryState): DeliveryState {
  return state.state === 'due' ? { ...state, nextAt: new Date(state.nextAt) } : state
}

function reviveDead(entry: DeadDelivery): DeadDelivery {
  return { ...entry, receipt: reviveReceipt(entry.receipt), deadAt: new Date(entry.deadAt) }
}

function splitCursor(after: string | undefined): { shard: number; position?: string } {
  const [shard = '0', position] = after?.split(':') ?? []
  return { shard: Number(shard) || 0, ...(position && { position }) }
}

/** The Worker's side. @param namespace the binding of the class */
export function createDurableObjectOutbox(namespace: DurableObjectNamespace): Outbox {
  let isClosed = false

  async function ask<T>(shard: string, verb: string, query: Query, waitMs = 0): Promise<T> {
    let body: { result?: T; error?: { code: OutboxErrorCode; message: string } }
    try {
      const response = await namespace.get(namespace.idFromName(shard) as never).fetch(
        new Request(`https://ledger/${verb}`, {
          method: 'POST',
          body: JSON.stringify(query),
          signal: AbortSignal.timeout(waitMs + GRACE_MS),
        }),
      )
      body = await response.json()
    } catch (cause) {
      throw new OutboxError(
        'OUTBOX_STORE',
        'The Durable Object of the outbox did not respond in time or at all; try again shortly.',
        { cause },
      )
    }
    if (body.error) throw new OutboxError(body.error.code, body.error.message)
    return body.result as T
  }

  /** Ids that begin otherwise are not made by this service; they still have a place. */
  const shardOf = (id: string): string =>
    SHARDS.find((character) => id.startsWith(character)) ?? SHARDS[0] ?? ''

  return {
    durable: true,
    async accept(receipt, waitMs) {
      if (isClosed) throw new OutboxError('OUTBOX_CLOSED', 'The service is stopping.')
      return reviveState(await ask(shardOf(receipt.id), 'accept', { receipt, waitMs }, waitMs))
    },
    async read(id) {
      const state = await ask<DeliveryState | null>(shardOf(id), 'read', { id })
      return state ? reviveState(state) : undefined
    },
    async missing(ids) {
      const byShard = new Map<string, string[]>()
      for (const id of ids) byShard.set(shardOf(id), [...(byShard.get(shardOf(id)) ?? []), id])
      const lists = await Promise.all(
        [...byShard].map(([shard, own]) => ask<string[]>(shard, 'missing', { ids: own })),
      )
      const missing = new Set(lists.flat())
      return ids.filter((id) => missing.has(id))
    },
    async dead({ after, limit }) {
      const entries: DeadDelivery[] = []
      let { shard, position } = splitCursor(after)
      for (; shard < SHARDS.length; shard += 1, position = undefined) {
        if (entries.length >= limit) return { entries, next: `${shard}:` }
        const page: DeadPage = await ask(SHARDS[shard] ?? '', 'dead', {
          limit: limit - entries.length,
          ...(position !== undefined && { after: position }),
        })
        entries.push(...page.entries.map(reviveDead))
        if (page.next !== undefined) return { entries, next: `${shard}:${page.next}` }
      }
      return { entries }
    },
    replay: (eventId) => ask(shardOf(eventId), 'replay', { id: eventId }),
    async stats() {
      type Stats = { due: number; dead: number; oldestDueAt?: string }
      const all = await Promise.all(SHARDS.map((shard) => ask<Stats>(shard, 'stats', {})))
      const times = all.flatMap(({ oldestDueAt }) => (oldestDueAt ? [Date.parse(oldestDueAt)] : []))
      return {
        due: all.reduce((sum, { due }) => sum + due, 0),
        dead: all.reduce((sum, { dead }) => sum + dead, 0),
        ...(times.length > 0 && { oldestDueAt: new Date(Math.min(...times)) }),
      }
    },
    problems: async () => [],
    // The objects go on by themselves.
    async close() {
      isClosed = true
    },
  }
}
