/** A service that a framework's server mounts under /api/files, and a local OSS whose callbacks reach that server. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { createEmulator } from '../../src/emulator/index.ts'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from './bearer.ts'
import { ACCESS_KEY, CALLBACK_KEY } from './keys.ts'
import { buildForm } from './service-with-emulator.ts'
import { createSettings } from './service-with-stub-oss.ts'

const FILE = new TextEncoder().encode('hello')
const UPLOAD = { profile: 'any', name: 'a.txt', type: 'text/plain', size: FILE.length }
const PUBLIC_URL = 'https://api.example.com/api/files'
const servers: Server[] = []

export interface EmbeddedService {
  service: Service
  /** Uploads by form to a server that mounts the service; the callback goes to the same server. */
  upload(listener: RequestListener): Promise<void>
}

export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
}

/** Asks for a ticket, as a page does. */
export async function ask(origin: string, path = '/api/files/uploads'): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await createBearer({ now: new Date() })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(UPLOAD),
  })
}

export function createEmbeddedService(options: Partial<ServiceOptions> = {}): EmbeddedService {
  let origin = ''
  const oss = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      return fetch(origin + pathname + search, {
        method: request.method,
        headers: request.headers,
        body: await request.arrayBuffer(),
      })
    },
  })
  const service = createService({
    ...createSettings(),
    publicUrl: PUBLIC_URL,
    fetch: (input, init) => oss.fetch(new Request(input, init)),
    writeLog: () => {},
    ...options,
  })
  return {
    service,
    async upload(listener) {
      origin = await listen(listener)
      const response = await ask(origin)
      expect(response.status).toBe(201)
      const ticket = (await response.json()) as FormTicket
      const stored = await oss.fetch(buildForm(ticket, FILE, 'text/plain'))
      expect(stored.status).toBe(200)
      expect(await stored.json()).toMatchObject({ key: ticket.key, size: FILE.length })
    },
  }
}
