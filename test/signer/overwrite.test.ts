/**
 * A ticket that is used a second time, with other bytes. The local OSS refuses it, and the object stays what the receipt
 * says.
 */
import { describe, expect, it } from 'vitest'
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { md5 } from '../../src/protocol/crypto.ts'
import { presign } from '../../src/protocol/presign.ts'
import type {
  FormTicket,
  MultipartTicket,
  PutTicket,
  UploadRequest,
} from '../../src/signer/ticket.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
  createServiceWithEmulator,
  type ServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'

const FIRST = toUtf8('first')
const OTHER = toUtf8('other')
const PROFILES = {
  own: { key: 'a/{sub}/{id}', types: ['*'], maxSize: 1e9 },
  shared: { key: 'b/{sub}', types: ['*'], maxSize: 1e9 },
  replacing: { key: 'c/{sub}', types: ['*'], maxSize: 1e9, allowOverwrite: true },
}
const request: UploadRequest = { profile: 'own', name: 'a.txt', type: 'text/plain', size: 5 }

interface Order {
  send(bytes: Uint8Array<ArrayBuffer>): Promise<Response>
  readStored(): Promise<string>
}

async function readStored({ oss, clock }: ServiceWithEmulator, key: string): Promise<string> {
  const { url } = presign(
    { method: 'GET', bucket: 'examplebucket', region: 'cn-hangzhou', key },
    { credentials: ACCESS_KEY, now: clock.now(), expiresInSeconds: 60 },
  )
  return (await oss.fetch(new Request(url))).text()
}

async function orderForm(setup: ServiceWithEmulator, more: object): Promise<Order> {
  const ticket = await setup.order<FormTicket>({ ...request, ...more, method: 'form' })
  return {
    send: (bytes) => setup.oss.fetch(buildForm(ticket, bytes)),
    readStored: () => readStored(setup, ticket.key),
  }
}

async function orderPut(setup: ServiceWithEmulator, more: object): Promise<Order> {
  const ticket = await setup.order<PutTicket>({ ...request, ...more, method: 'put' })
  return {
    send: (bytes) => setup.oss.fetch(buildPut(ticket, bytes)),
    readStored: () => readStored(setup, ticket.key),
  }
}

describe.each([
  ['a form ticket', orderForm],
  ['a PUT ticket', orderPut],
])('%s', (_, order) => {
  it.each([
    ['whose key has an id', { profile: 'own' }],
    ['whose key has no id', { profile: 'shared' }],
    ['with a declared CRC-64', { profile: 'own', crc64: String(crc64(FIRST)) }],
    ['with a declared MD5', { profile: 'own', contentMd5: toBase64(md5(FIRST)) }],
  ])('%s stores nothing when it is used again', async (__, more) => {
    const setup = createServiceWithEmulator({ profiles: PROFILES })
    const ticket = await order(setup, more)
    expect((await ticket.send(FIRST)).status).toBe(200)
    const again = await ticket.send(OTHER)
    // With a declared MD5 a PUT is refused for that already.
    expect([409, 400]).toContain(again.status)
    if (again.status === 409) expect(await again.text()).toContain('<Code>FileAlreadyExists</Code>')
    expect(await ticket.readStored()).toBe('first')
    expect(setup.receipts).toHaveLength(1)
  })

  it('replaces the object only where the profile allows it', async () => {
    const setup = createServiceWithEmulator({ profiles: PROFILES })
    const ticket = await order(setup, { profile: 'replacing' })
    expect((await ticket.send(FIRST)).status).toBe(200)
    await ticket.send(OTHER)
    expect(await ticket.readStored()).toBe('other')
  })
})

describe('a multipart ticket', () => {
  it('stores nothing over another upload that was completed first', async () => {
    const setup = createServiceWithEmulator({ profiles: PROFILES })
    const file = buildBytes(250_000)
    const order = () =>
      setup.order<MultipartTicket>({
        ...request,
        profile: 'shared',
        size: file.length,
        method: 'multipart',
        partSize: 102_400,
      })
    const [one, two] = [await order(), await order()]
    for (const { partNumber } of two.parts) await setup.oss.fetch(buildPart(two, partNumber, file))
    expect((await sendParts(setup.oss, one, file)).status).toBe(200)
    const again = await setup.oss.fetch(buildComplete(two))
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('<Code>FileAlreadyExists</Code>')
    expect(setup.receipts).toHaveLength(1)
  })
})
