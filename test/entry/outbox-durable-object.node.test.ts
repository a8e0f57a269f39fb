/**
 * The Durable Object in the real workerd, in front of which the suite's application runs in this process: the object
 * delivers to it by HTTP.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { createDurableObjectOutbox } from '../../src/entry/outbox-durable-object.ts'
import type {
  Deliver,
  DeliveryError,
  Outbox,
  OutboxOptions,
} from '../../src/service/delivery/outbox.ts'
import { describeOutbox } from '../service/delivery/outbox-contract.ts'
import { bundleWorker, startWorkerd, type Workerd } from '../support/workerd.ts'

const code = await bundleWorker('test/support/ledger.worker.ts')

/** Runs the suite's `deliver` for the object. */
async function startApplication(
  read: () => Deliver,
): Promise<{ server: Server; readRunning: () => number }> {
  let running = 0
  const server = createServer((request, response) => {
    void (async () => {
      const { receipt, attempt } = (await json(request)) as {
        receipt: Parameters<Deliver>[0]
        attempt: Parameters<Deliver>[1]
      }
      const controller = new AbortController()
      running += 1
      response.once('close', () => {
        running -= 1
        controller.abort()
      })
      try {
        const text = await read()(
          { ...receipt, at: new Date(receipt.at) },
          { ...attempt, signal: controller.signal },
        )
        response.end(JSON.stringify({ text }))
      } catch (error) {
        const { code: errorCode, retryAfterSeconds } = error as Partial<DeliveryError>
        const message = error instanceof Error ? error.message : String(error)
        response.end(JSON.stringify({ error: { code: errorCode, message, retryAfterSeconds } }))
      }
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, readRunning: () => running }
}

/** How long `close` waits for running attempts, ms. */
const CLOSE_MS = 1000

describeOutbox(
  'Durable Object',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'upcall-ledger-'))
    let deliver: Deliver = async () => '{}'
    const application = await startApplication(() => deliver)
    const { port } = application.server.address() as AddressInfo
    let running: Workerd | undefined

    async function stop(): Promise<void> {
      await running?.stop('SIGKILL')
      running = undefined
    }

    return {
      instances: 'one',
      async open({ deliver: own, now: _now, random: _random, ...options }: OutboxOptions) {
        deliver = own
        await stop()
        const worker = await startWorkerd({
          folder,
          code,
          env: { APPLICATION: `http://127.0.0.1:${port}/`, OPTIONS: JSON.stringify(options) },
        })
        running = worker
        const outbox: Outbox = createDurableObjectOutbox({
          idFromName: (name) => name,
          get: (name) => ({
            fetch: (request) =>
              fetch(`${worker.url}/${name}${new URL(request.url).pathname}`, {
                method: 'POST',
                body: request.body,
                duplex: 'half',
                signal: request.signal,
              } as RequestInit),
          }),
        })
        // workerd on its own forgets alarms when it ends; an object sets its alarm again at its first request.
        await outbox.stats()
        return {
          ...outbox,
          // An object goes on when its callers are gone: the suite closes it by ending workerd.
          async close() {
            await outbox.close()
            const end = performance.now() + CLOSE_MS
            while (application.readRunning() > 0 && performance.now() < end) {
              await new Promise((resolve) => setTimeout(resolve, 10))
            }
            await stop()
          },
        }
      },
      async dispose() {
        await stop()
        application.server.closeAllConnections()
        application.server.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
    // HTTP requests that are sent at once arrive in any order.
  },
  { many: 1000, maxDisorder: 600 },
)
