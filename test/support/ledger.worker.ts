/** A Worker with the Durable Object of the outbox; it delivers to an application by HTTP, for its tests. */
import {
  createLedgerClass,
  type DurableObjectNamespace,
} from '../../src/entry/outbox-durable-object.ts'
import { DeliveryError, type DeliveryErrorCode } from '../../src/service/delivery/outbox.ts'

interface Env {
  APPLICATION: string
  OPTIONS: string
}

interface Reply {
  text?: string
  error?: { code?: DeliveryErrorCode; message: string; retryAfterSeconds?: number }
}

export class Ledger {
  readonly #object: { fetch(request: Request): Promise<Response>; alarm(): Promise<void> }

  constructor(state: never, env: Env) {
    const OwnClass = createLedgerClass<Env>({
      ...JSON.parse(env.OPTIONS),
      createDeliver:
        ({ APPLICATION }) =>
        async (receipt, { signal, ...attempt }) => {
          const response = await fetch(APPLICATION, {
            method: 'POST',
            body: JSON.stringify({ receipt, attempt }),
            signal,
          })
          const { text, error } = (await response.json()) as Reply
          if (!error) return text as string
          const { code = 'DELIVERY_FAILED', message, retryAfterSeconds } = error
          throw new DeliveryError(code, message, { retryAfterSeconds })
        },
    })
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
  /** `/<shard>/<verb>`: the outbox of the test asks an object as the Worker would. */
  async fetch(request: Request, { LEDGER }: { LEDGER: DurableObjectNamespace }): Promise<Response> {
    const [, shard = '', verb] = new URL(request.url).pathname.split('/')
    if (shard === 'healthz') return new Response('ok')
    const object = LEDGER.get(LEDGER.idFromName(shard) as never)
    return object.fetch(new Request(`https://ledger/${verb}`, request))
  },
}
