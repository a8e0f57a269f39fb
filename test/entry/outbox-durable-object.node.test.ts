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
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { createDurableObjectOutbox } from '../../src/entry/outbox-durable-object.ts'
import {
  type Deliver,
  DeliveryError,
  type Outbox,
  type OutboxOptions,
} from '../../src/service/delivery/outbox.ts'
import { describeOutbox } from '../service/delivery/outbox-contract.ts'

const WORKER = fileURLToPath(new URL('../support/ledger.worker.ts', import.meta.url))

async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [WORKER],
    bundle: true,
    format: 'esm',
    write: false,
    conditions: ['workerd', 'worker'],
    external: ['node:*', 'cloudflare:*'],
  })
  return outputFiles[0]?.text ?? ''
}

const code = await bundleWorker()

/** Runs the suite's `deliver` for the object. */
async function startApplication(read: () => Deliver): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const { receipt, attempt } = (await json(request)) as {
        receipt: Parameters<Deliver>[0]
        attempt: Parameters<Deliver>[1]
      }
      const controller = new AbortController()
      response.once('close', () => controller.abort())
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
  return server
}

describeOutbox('Durable Object', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-ledger-'))
  let deliver: Deliver = async () => '{}'
  const application = await startApplication(() => deliver)
  const { port } = application.address() as AddressInfo
  let running: Miniflare | undefined

  async function stop(): Promise<void> {
    await running?.dispose()
    running = undefined
  }

  return {
    instances: 'one',
    async open({ deliver: own, now: _now, random: _random, ...options }: OutboxOptions) {
      deliver = own
      await stop()
      running = new Miniflare({
        modules: true,
        script: code,
        compatibilityDate: '2026-10-01',
        compatibilityFlags: ['nodejs_compat'],
        durableObjects: { LEDGER: { className: 'Ledger', useSQLite: true } },
        durableObjectsPersist: folder,
        bindings: { APPLICATION: `http://127.0.0.1:${port}/`, OPTIONS: JSON.stringify(options) },
      })
      const namespace = await running.getDurableObjectNamespace('LEDGER')
      const outbox: Outbox = createDurableObjectOutbox(namespace as never)
      return {
        ...outbox,
        async close() {
          await stop()
        },
      }
    },
    async dispose() {
      await stop()
      application.closeAllConnections()
      application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
