/** Every operation of the service by the typed client: service and local OSS on sockets. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { type ApiClient, createApiClient } from '../../src/api/client.ts'
import { ApiError } from '../../src/api/errors.ts'
import type { Receipt, Ticket, UploadEvent } from '../../src/api/types.ts'
import { PATHS } from '../../src/dev/openapi/paths.ts'
import { startServer } from '../../src/entry/node-server.ts'
import { createService } from '../../src/service/create-service.ts'
import type { Receipt as ServiceReceipt } from '../../src/signer/accept-callback.ts'
import type { Ticket as ServiceTicket } from '../../src/signer/ticket.ts'
import type { UploadEvent as WebhookEvent } from '../../src/webhook/event.ts'
import { createBearer } from '../support/bearer.ts'
import { startLocalOss } from '../support/local-oss.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'
import { createTestOutbox } from '../support/test-outbox.ts'

const oss = startLocalOss()
const OPERATOR_TOKEN = 'operator-token-of-32-characters-0'
const FILE = { profile: 'any', name: '报告.txt', type: 'text/plain', size: 5 }
let server: Server
let endpoint = ''
const receipts: ServiceReceipt[] = []
let user: ApiClient
let operator: ApiClient

async function readError(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('It was not refused.')
}

beforeAll(async () => {
  const { accessKeyId, accessKeySecret, url } = oss.local
  server = startServer(
    { fetch: (request) => service.fetch(request), host: '127.0.0.1', port: 0 },
    () => {},
  )
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { callbackPublicKeyUrl, callbackPublicKey } = oss.local.emulator
  const options = {
    ...createSettings(),
    bucket: oss.local.bucket,
    endpoint: url,
    credentials: { accessKeyId, accessKeySecret },
    publicUrl: endpoint,
    callbackKeys: { [callbackPublicKeyUrl]: callbackPublicKey },
    operatorToken: OPERATOR_TOKEN,
    now: () => new Date(),
    fetch,
    writeLog: () => {},
    onReceipt: (receipt: ServiceReceipt) => {
      receipts.push(receipt)
      return { saved: receipt.key }
    },
    findStored: ({ crc64 }: { crc64: string }) => receipts.find((one) => one.crc64 === crc64),
    objects: { profiles: ['any', 'avatar'] },
  }
  const service = createService({ ...options, outbox: createTestOutbox(options) })
  user = createApiClient({
    endpoint: `${endpoint}/`,
    headers: async () => ({ authorization: `Bearer ${await createBearer({ now: new Date() })}` }),
  })
  operator = createApiClient({
    endpoint,
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
  })
})
afterAll(() => void server.close())

async function sendForm({ url, fields }: { url: string; fields: Record<string, string> }) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob(['hello']))
  return fetch(url, { method: 'POST', body: form })
}

describe('the client of the service', () => {
  it('has a method for each operation of the description', () => {
    const described = Object.values(PATHS)
      .flatMap((methods) => Object.values(methods as Record<string, { operationId: string }>))
      .map(({ operationId }) => operationId)
    // OSS's own call, and two whose bodies are no JSON.
    const others = ['receiveCallback', 'readClient', 'readMetrics']
    expect(Object.keys(user).sort()).toEqual(
      [...described.filter((id) => !others.includes(id)), 'createUploads'].sort(),
    )
  })

  it('has the types of the service', () => {
    expectTypeOf<Ticket>().toEqualTypeOf<ServiceTicket>()
    expectTypeOf<UploadEvent['data']['size']>().toEqualTypeOf<WebhookEvent['data']['size']>()
    expectTypeOf<keyof Receipt>().toEqualTypeOf<keyof ServiceReceipt>()
  })

  it('uploads: a ticket, and the application’s response once more', async () => {
    const ticket = await user.createUpload(FILE, { idempotencyKey: 'order-7' })
    if (ticket.kind !== 'form') throw new Error(ticket.kind)
    const again = await user.createUpload(FILE, { idempotencyKey: 'order-7' })
    expect(again.id).toBe(ticket.id)
    const stored = await sendForm(ticket)
    expect(await stored.json()).toEqual({ saved: ticket.key })
    const { session } = ticket
    const confirmed = await user.confirmUpload<{ saved: string }>({ session })
    expect(confirmed).toEqual({ saved: ticket.key })
  })

  it('finds the same bytes again, lists them and reads them', async () => {
    const file = { ...FILE, profile: 'avatar', name: '猫 &1.png', type: 'image/png' }
    const ticket = await user.createUpload(file)
    if (ticket.kind !== 'form') throw new Error(ticket.kind)
    await sendForm(ticket)
    const { id, key } = ticket
    const crc64 = receipts.at(-1)?.crc64 ?? ''
    // Another upload of this user has the same bytes, under another profile.
    receipts.splice(0, receipts.length - 1)
    const found = await user.findStored({ profile: 'avatar', size: 5, crc64 })
    expect(found).toEqual({ stored: { id, key, response: { saved: key } } })
    expect(await user.findStored({ profile: 'avatar', size: 5, crc64: '1' })).toEqual({})
    const { objects } = await user.listObjects({ profile: 'avatar', limit: 1 })
    expect(objects).toMatchObject([{ id, key, name: '猫 &1.png', size: 5 }])
    const { url } = await user.readObject({ key, download: '' })
    const read = await fetch(url)
    expect([await read.text(), read.headers.get('content-disposition')]).toEqual([
      'hello',
      `attachment; filename="_ &1.png"; filename*=UTF-8''%E7%8C%AB%20%261.png`,
    ])
  })

  it('takes tickets of many files, each with an error of its own', async () => {
    const { tickets } = await user.createUploads([FILE, { ...FILE, profile: 'none' }])
    expect(tickets.map((entry) => ('error' in entry ? entry.error.code : entry.kind))).toEqual([
      'form',
      'PROFILE_UNKNOWN',
    ])
  })

  it('signs, lists and cancels parts', async () => {
    const ticket = await user.createUpload({
      ...FILE,
      size: 300_000,
      method: 'multipart',
      partSize: 100_000,
    })
    const { session } = ticket
    const { parts } = await user.signParts({ session, partNumbers: [2] })
    const [part] = parts
    const sent = await fetch(part?.url ?? '', { method: 'PUT', body: new Uint8Array(102_400) })
    expect([parts.map(({ partNumber }) => partNumber), sent.status]).toEqual([[2], 200])
    const state = await user.readUpload({ session })
    expect(state.parts.map(({ partNumber, size }) => [partNumber, size])).toEqual([[2, 102_400]])
    expect(await user.abortUpload({ session })).toBe(undefined)
    expect((await readError(user.readUpload({ session }))).serviceCode).toBe('UPLOAD_GONE')
  })

  it('serves operators', async () => {
    expect(await operator.countDeliveries()).toMatchObject({ dead: 0, durable: false })
    expect(await operator.listDead({ limit: 5, after: 'a&b=ü' })).toEqual({ entries: [] })
    expect((await readError(operator.replayDead({ eventId: 'none' }))).status).toBe(404)
    expect(await operator.sweep({ olderThanSeconds: 0 })).toMatchObject({ problems: [] })
    expect((await readError(user.countDeliveries())).serviceCode).toBe('TOKEN_INVALID')
  })

  it('reads what is for everyone', async () => {
    expect(await user.readHealth()).toEqual({ status: 'ok', durable: false })
    expect((await user.readReadiness()).status).toBe('ready')
    expect((await readError(user.readDocument())).serviceCode).toBe('CLIENT_FILES_MISSING')
  })

  it('has no method for a body that the service would refuse, in types', () => {
    // @ts-expect-error `size` is missing
    const missing: Parameters<ApiClient['createUpload']>[0] = { profile: 'a', name: 'b', type: 'c' }
    expect(missing).toBeDefined()
  })
})
