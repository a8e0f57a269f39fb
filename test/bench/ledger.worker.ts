/**
 * A Worker with the Durable Object of the outbox: `/none` asks the application itself, `/ledger` by the outbox. The
 * application is a server outside, so that both roads have the same hops but the object's.
 */
import {
  createDurableObjectOutbox,
  createLedgerClass,
  type DurableObjectNamespace,
} from '../../src/entry/outbox-durable-object.ts'
import type { Deliver } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'

interface Env {
  APPLICATION: string
  LEDGER: DurableObjectNamespace
}

const WAIT_MS = 4000

function createDeliver({ APPLICATION }: Env): Deliver {
  return async (receipt, { signal }) => {
    const response = await fetch(APPLICATION, { method: 'POST', body: receipt.id, signal })
    return response.text()
  }
}

const OwnClass = createLedgerClass<Env>({ createDeliver })

export class Ledger {
  readonly #object: { fetch(request: Request): Promise<Response>; alarm(): Promise<void> }

  constructor(state: never, env: Env) {
    this.#object = new OwnClass(state, env)
  }

  fetch(request: Request): Promise<Response> {
    return this.#object.fetch(request)
  }

  alarm(): Promise<void> {
    return this.#object.alarm()
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's handlers are its default export.
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    const json = (await request.json()) as Receipt
    const receipt = { ...json, at: new Date(json.at) }
    if (pathname === '/none') {
      const signal = new AbortController().signal
      const attempt = { eventId: receipt.id, event: 'stored', number: 1, signal } as const
      return new Response(await createDeliver(env)(receipt, attempt))
    }
    const state = await createDurableObjectOutbox(env.LEDGER).accept(receipt, WAIT_MS)
    return Response.json(state)
  },
}
