/** Callbacks for the benches: what OSS sends for uploads that the service issued, and an OSS that has all of them. */
import { basename } from 'node:path'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { createCallback, createSettings } from '../support/service-with-stub-oss.ts'

const ETAG = '5D41402ABC4B2A76B9719D911017C592'

export interface Arrived {
  body: string
  headers: Record<string, string>
}

/** The HEAD of an object that an upload stored whose key ends in its id. */
function respondToHead(url: string): Response {
  return new Response(null, {
    headers: {
      'content-length': '1000',
      'content-type': 'image/png',
      etag: `"${ETAG}"`,
      'x-oss-hash-crc64ecma': '123',
      'x-oss-meta-upcall-id': basename(new URL(url).pathname, '.png'),
    },
  })
}

export function createCallbackSettings(): ServiceOptions {
  return {
    ...createSettings(),
    rateLimits: { subjectPerMinute: 1e9, addressPerMinute: 1e9 },
    fetch: async (input) => respondToHead(input instanceof Request ? input.url : String(input)),
  }
}

/** @returns a function that makes one callback a call, each of another upload */
export async function createCallbackMaker(): Promise<() => Promise<Arrived>> {
  const service: Service = createService({ ...createCallbackSettings(), onReceipt: () => ({}) })
  const authorization = `Bearer ${await createBearer({ now: new Date() })}`
  const upload = JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 1000 })
  return async () => {
    const response = await service.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: upload,
      }),
    )
    const ticket = (await response.json()) as FormTicket
    const body = String(
      new URLSearchParams({
        bucket: 'examplebucket',
        object: ticket.key,
        etag: ETAG,
        size: '1000',
        type: 'image/png',
        crc64: '123',
        contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
        clientIp: '203.0.113.7',
        reqId: '5C3D9175B6FC201293AD0001',
        operation: 'PostObject',
        name: 'a.png',
        seal: ticket.fields['x:seal'] ?? '',
      }),
    )
    return { body, headers: Object.fromEntries(createCallback(body).headers) }
  }
}

export async function makeCallbacks(
  make: () => Promise<Arrived>,
  count: number,
): Promise<Arrived[]> {
  const arrived: Arrived[] = []
  for (let at = 0; at < count; at += 1) arrived.push(await make())
  return arrived
}

/** As callbacks.lua reads them. */
export function formatCallbacks(arrived: readonly Arrived[]): string {
  return arrived.map(({ body, headers }) => `${headers.authorization}\t${body}`).join('\n')
}
