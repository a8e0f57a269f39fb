/**
 * A Worker with the Durable Object of the outbox that counts what Cloudflare bills: rows read and written, alarms set,
 * bytes stored. Its clock can be set, and its application can be down.
 */
import {
  createLedgerClass,
  type DurableObject,
  type DurableObjectNamespace,
  type DurableObjectState,
} from '../../src/entry/outbox-durable-object.ts'
import type { Row } from '../../src/service/delivery/ledger.ts'
import { FIRST_DELAY_MS, type LedgerCounts, type LedgerOrder } from './ledger-order.ts'

/** What workerd gives beyond `DurableObjectState`. */
interface CountedState extends DurableObjectState {
  storage: Omit<DurableObjectState['storage'], 'sql'> & {
    sql: {
      exec(
        text: string,
        ...params: unknown[]
      ): { toArray(): Row[]; rowsRead: number; rowsWritten: number }
      databaseSize: number
    }
  }
}

const ZERO: Omit<LedgerCounts, 'databaseBytes'> = {
  rowsRead: 0,
  rowsWritten: 0,
  alarmsSet: 0,
  attempts: 0,
}

export class Ledger implements DurableObject {
  readonly #object: DurableObject
  readonly #state: CountedState
  #counts = { ...ZERO }
  #order: LedgerOrder = { isDown: false, laterMs: 0 }

  constructor(state: CountedState) {
    this.#state = state
    const count = (text: string, params: unknown[]): Row[] => {
      const cursor = state.storage.sql.exec(text, ...params)
      const rows = cursor.toArray()
      this.#counts.rowsRead += cursor.rowsRead
      this.#counts.rowsWritten += cursor.rowsWritten
      return rows
    }
    const counting: DurableObjectState = {
      blockConcurrencyWhile: (work) => state.blockConcurrencyWhile(work),
      storage: {
        sql: {
          exec(text, ...params) {
            const rows = count(text, params)
            return { toArray: () => rows }
          },
        },
        transactionSync: (work) => state.storage.transactionSync(work),
        // Counted and not set: the measurement runs the alarm itself.
        setAlarm: async () => {
          this.#counts.alarmsSet += 1
        },
      },
    }
    const OwnClass = createLedgerClass<undefined>({
      now: () => new Date(Date.now() + this.#order.laterMs),
      // No attempt is repeated before the measurement asks for it, however slow the machine is.
      random: () => 0.999,
      retry: { baseMs: FIRST_DELAY_MS },
      createDeliver: () => async () => {
        this.#counts.attempts += 1
        if (this.#order.isDown) throw new Error('The application is down.')
        return '{"ok":true}'
      },
    })
    this.#object = new OwnClass(counting, undefined)
  }

  async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== '/order') return this.#object.fetch(request)
    this.#order = (await request.json()) as LedgerOrder
    if (this.#order.isAlarm) await this.#object.alarm()
    const counts: LedgerCounts = {
      ...this.#counts,
      databaseBytes: this.#state.storage.sql.databaseSize,
    }
    this.#counts = { ...ZERO }
    return Response.json(counts)
  }

  alarm(): Promise<void> {
    return this.#object.alarm()
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's handlers are its default export.
export default {
  async fetch(request: Request, { LEDGER }: { LEDGER: DurableObjectNamespace }): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    const object = LEDGER.get(LEDGER.idFromName('A') as never)
    return object.fetch(new Request(`https://ledger${pathname}`, request))
  },
}
