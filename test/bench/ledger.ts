/** The outbox on a Durable Object in bare workerd, and the same Worker without it; the application is this process. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { bundleWorker, startWorkerd } from '../support/workerd.ts'

export interface WorkerEngines {
  /** Both ask the application through the Worker: `none` itself, the other by its Durable Object. */
  engines: { name: string; accept: (receipt: Receipt) => Promise<unknown> }[]
  close: () => Promise<void>
}

/**
 * @param prefix of the path of the Worker's storage: a folder on a disk
 * @param readMs how long the application takes for the upload with this id
 */
export async function openWorkerEngines(
  prefix: string,
  readMs: (receipt: Pick<Receipt, 'id'>) => number,
): Promise<WorkerEngines> {
  const application = createServer((request, response) => {
    void text(request).then((id) => setTimeout(() => response.end('{"ok":true}'), readMs({ id })))
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const { port } = application.address() as AddressInfo
  const folder = mkdtempSync(prefix)
  const worker = await startWorkerd({
    folder,
    code: await bundleWorker('test/bench/ledger.worker.ts'),
    env: { APPLICATION: `http://127.0.0.1:${port}/` },
  })

  function createEngine(name: string, path: string, expected: string) {
    return {
      name,
      async accept(receipt: Receipt) {
        const body = JSON.stringify(receipt)
        const response = await fetch(`${worker.url}${path}`, { method: 'POST', body })
        const reply = await response.text()
        if (!reply.includes(expected)) throw new Error(`${name}: ${response.status} ${reply}`)
      },
    }
  }

  return {
    engines: [
      createEngine('none', '/none', '"ok":true'),
      createEngine('Durable Object', '/ledger', '"state":"done"'),
    ],
    async close() {
      await worker.stop()
      application.closeAllConnections()
      application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
