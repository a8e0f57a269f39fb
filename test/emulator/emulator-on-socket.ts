/** Starts an emulator on a socket, and a callback server. Both are closed after the test. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createEmulator } from '../../src/emulator/app.ts'
import { listen } from '../../src/emulator/listen.ts'
import type { EmulatorOptions } from '../../src/emulator/options.ts'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { KEY } from './emulator-with-client.ts'

export async function startEmulatorOnSocket(options: Partial<EmulatorOptions> = {}) {
  const emulator = createEmulator({
    accessKeys: [KEY],
    buckets: ['examplebucket'],
    allowPrivateCallbacks: true,
    storage: createDiskStorage(),
    ...options,
  })
  const server = await listen(emulator, { port: 0 })
  onTestFinished(async () => {
    await server.close().catch(() => {}) // a test may have closed it
    await emulator.close()
  })
  return { emulator, server }
}

export interface ReceivedCallback {
  target: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export async function startCallbackServer(
  reply: { status?: number; headers?: Record<string, string>; body?: string } = {},
) {
  const received: ReceivedCallback[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: target = '', headers } = request
      received.push({ target, headers, body: Buffer.concat(chunks) })
      const body = reply.body ?? '{"ok":true}'
      response.writeHead(reply.status ?? 200, {
        'content-length': Buffer.byteLength(body),
        ...reply.headers,
      })
      response.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  return { received, port, url: `http://127.0.0.1:${port}` }
}
