/**
 * Page, service and local OSS in memory, joined without a socket. One clock, fixed keys.
 */
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.ts'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import type {
  FormTicket,
  MultipartTicket,
  PutTicket,
  Ticket,
  UploadRequest,
} from '../../src/signer/ticket.ts'
import { createBearer } from './bearer.ts'
import { withCheckedResponses } from './check-openapi.ts'
import { type Clock, createClock } from './clock.ts'
import { ACCESS_KEY, CALLBACK_KEY } from './keys.ts'
import { createSettings } from './service-with-stub-oss.ts'
import { createTestOutbox } from './test-outbox.ts'

export interface ServiceWithEmulator {
  clock: Clock
  service: Service
  oss: Emulator
  /** What the handler got, in order. */
  receipts: Receipt[]
  lines: string[]
  /** Every request that OSS sent to the service. */
  callbacks: Request[]
  /** Asks the service as `user-42`, or as another. */
  ask(
    path: string,
    body: unknown,
    subject?: string,
    headers?: Record<string, string>,
  ): Promise<Response>
  /** A ticket; fails when the service refuses. */
  order<T extends Ticket>(request: UploadRequest, headers?: Record<string, string>): Promise<T>
}

/** `receipts.length` and the key: enough for a page to see that its own handler ran. */
function respondToPage(receipt: Receipt, receipts: Receipt[]): object {
  return { count: receipts.length, key: receipt.key }
}

export function createServiceWithEmulator(
  settings: Partial<ServiceOptions> = {},
  emulator: Partial<EmulatorOptions> = {},
  { firstRetryMs = 100 } = {},
): ServiceWithEmulator {
  const clock = createClock()
  const receipts: Receipt[] = []
  const lines: string[] = []
  const callbacks: Request[] = []

  const oss = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    now: clock.now,
    fetch: (request) => {
      callbacks.push(request.clone() as Request)
      // The proxy in front of the service takes away the path that it is mounted under.
      const url = new URL(request.url)
      const mounted = url.pathname.replace(/^\/up%20here/, '')
      return service.fetch(new Request(`${url.origin}${mounted}${url.search}`, request))
    },
    ...emulator,
  })
  const all: ServiceOptions = {
    ...createSettings(),
    now: clock.now,
    fetch: (input, init) => oss.fetch(new Request(input, init)),
    writeLog: (line) => lines.push(line),
    onReceipt: (receipt) => {
      receipts.push(receipt)
      return respondToPage(receipt, receipts)
    },
    ...settings,
  }
  const service: Service = withCheckedResponses(
    createService({ outbox: createTestOutbox(all, firstRetryMs), ...all }),
    all.basePath,
  )

  const ask: ServiceWithEmulator['ask'] = async (path, body, subject, headers) => {
    const token = await createBearer({ now: clock.now(), ...(subject && { subject }) })
    return service.fetch(
      new Request(`https://api.example.com${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify(body),
      }),
    )
  }

  return {
    clock,
    service,
    oss,
    receipts,
    lines,
    callbacks,
    ask,
    async order<T extends Ticket>(request: UploadRequest, headers?: Record<string, string>) {
      const response = await ask('/uploads', request, undefined, headers)
      if (response.status !== 201) throw new Error(`No ticket: ${await response.text()}`)
      return (await response.json()) as T
    },
  }
}

type Bytes = Uint8Array<ArrayBuffer>

/** Fields in their order, the file last: what `FormData` in a page would send. */
export function buildForm({ url, fields }: FormTicket, file: Bytes, type = 'image/gif'): Request {
  const form = new FormData()
  for (const name in fields) form.append(name, fields[name] ?? '')
  form.append('file', new Blob([file], { type }), 'whatever.bin')
  return new Request(url, { method: 'POST', body: form })
}

export function buildPut({ url, headers }: PutTicket, file: Bytes): Request {
  return new Request(url, { method: 'PUT', headers, body: file })
}

export function buildPart(ticket: MultipartTicket, partNumber: number, file: Bytes): Request {
  const url = ticket.parts.find((part) => part.partNumber === partNumber)?.url ?? ''
  const from = (partNumber - 1) * ticket.partSize
  return new Request(url, { method: 'PUT', body: file.slice(from, from + ticket.partSize) })
}

export function buildComplete({ complete }: MultipartTicket): Request {
  return new Request(complete.url, { method: 'POST', headers: complete.headers })
}

/** Every part, then the Complete. @returns its response. */
export async function sendParts(
  oss: Emulator,
  ticket: MultipartTicket,
  file: Bytes,
): Promise<Response> {
  for (const { partNumber } of ticket.parts) {
    const response = await oss.fetch(buildPart(ticket, partNumber, file))
    if (response.status !== 200) throw new Error(`Part refused: ${await response.text()}`)
  }
  return oss.fetch(buildComplete(ticket))
}

/** Repeatable bytes that are no text. */
export function buildBytes(length: number): Bytes {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff
  return bytes
}
