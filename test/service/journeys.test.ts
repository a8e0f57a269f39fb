/**
 * Page → ticket → OSS → callback → handler → page, for all three kinds of ticket, and each way it breaks.
 */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import { presign } from '../../src/protocol/presign.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
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
import { readProblem } from '../support/service-with-stub-oss.ts'

const TEXT = new TextEncoder().encode('hello 世界')
const SMALL = { profile: 'any', name: '世界.txt', type: 'text/plain', size: TEXT.length }
const FILE = buildBytes(350_000)
const BIG = {
  profile: 'any',
  name: 'a.bin',
  type: 'video/mp4',
  size: FILE.length,
  method: 'multipart',
  partSize: 102_400,
} as const

async function readObject(
  { oss, clock }: ServiceWithEmulator,
  key: string,
  method = 'GET',
): Promise<Response> {
  const { url } = presign(
    { method, bucket: 'examplebucket', region: 'cn-hangzhou', key },
    { credentials: ACCESS_KEY, now: clock.now(), expiresInSeconds: 60 },
  )
  return oss.fetch(new Request(url, { method }))
}

async function readBytes(setup: ServiceWithEmulator, key: string): Promise<Uint8Array> {
  return new Uint8Array(await (await readObject(setup, key)).arrayBuffer())
}

describe('a whole upload', () => {
  it('by form: stored, called back, handled once, with a response', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL)
    const response = await setup.oss.fetch(buildForm(ticket, TEXT))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ count: 1, key: ticket.key })
    expect(await readBytes(setup, ticket.key)).toEqual(TEXT)
    expect(setup.receipts).toHaveLength(1)
    expect(setup.receipts[0]).toMatchObject({
      id: ticket.id,
      subject: 'user-42',
      key: ticket.key,
      name: '世界.txt',
      size: TEXT.length,
      type: 'text/plain',
      crc64: String(crc64(TEXT)),
      via: 'callback',
    })
  })

  it('by PUT: stored with exactly the signed headers', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<PutTicket>({ ...SMALL, method: 'put' })
    const response = await setup.oss.fetch(buildPut(ticket, TEXT))
    expect(response.status).toBe(200)
    const stored = await readObject(setup, ticket.key, 'HEAD')
    expect(stored.headers.get('content-type')).toBe('text/plain')
    expect(stored.headers.get('x-oss-meta-upcall-id')).toBe(ticket.id)
    expect(setup.receipts).toHaveLength(1)
  })

  it('in parts: one object, one callback', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<MultipartTicket>({ ...BIG, crc64: String(crc64(FILE)) })
    expect(ticket.partCount).toBe(4)
    const response = await sendParts(setup.oss, ticket, FILE)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ count: 1, key: ticket.key })
    expect(await readBytes(setup, ticket.key)).toEqual(FILE)
    const stored = await readObject(setup, ticket.key, 'HEAD')
    expect(stored.headers.get('content-type')).toBe('video/mp4')
    expect(setup.receipts[0]?.etag).toMatch(/-4$/)
  })

  it.each(['form', 'put'] as const)('of no bytes by %s', async (method) => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket | PutTicket>({ ...SMALL, size: 0, method })
    const empty = new Uint8Array()
    const request = ticket.kind === 'form' ? buildForm(ticket, empty) : buildPut(ticket, empty)
    const response = await setup.oss.fetch(request)
    expect(response.status).toBe(200)
    expect(setup.receipts[0]?.size).toBe(0)
  })

  it.each([
    'x'.repeat(1000),
    '../../etc/passwd',
    'a\0b',
    '🏖️ 假日.png',
    'a%2Fb%00.png',
    'gnp.\u202Eexe',
    'line\nbreak',
    'a&object=other&size=1',
    '${bucket} $5 "quoted" \\ back',
    '+plus +  spaces ',
  ])('brings the name %j back unharmed, by form, PUT and in parts', async (name) => {
    const setup = createServiceWithEmulator()
    const form = await setup.order<FormTicket>({ ...SMALL, name })
    expect((await setup.oss.fetch(buildForm(form, TEXT))).status).toBe(200)
    const put = await setup.order<PutTicket>({ ...SMALL, name, method: 'put' })
    expect((await setup.oss.fetch(buildPut(put, TEXT))).status).toBe(200)
    const parts = await setup.order<MultipartTicket>({ ...BIG, name })
    expect((await sendParts(setup.oss, parts, FILE)).status).toBe(200)
    expect(setup.receipts.map((receipt) => receipt.name)).toEqual([name, name, name])
    for (const { key } of setup.receipts)
      expect(key).toMatch(/^any\/2026\/11\/22\/[\w-]{22}(?:\.\w+)?$/)
  })

  it('brings variables of every kind back unharmed', async () => {
    const setup = createServiceWithEmulator()
    const vars = { album: '夏 & "more" + 100% \\', note: 'two\nlines\n' }
    const image = { ...SMALL, profile: 'avatar', type: 'image/png', vars }
    const form = await setup.order<FormTicket>(image)
    expect((await setup.oss.fetch(buildForm(form, TEXT))).status).toBe(200)
    const put = await setup.order<PutTicket>({ ...image, method: 'put' })
    expect((await setup.oss.fetch(buildPut(put, TEXT))).status).toBe(200)
    expect(setup.receipts.map((receipt) => receipt.vars)).toEqual([vars, vars])
  })

  it('calls a server of the application’s own in direct mode, and not the service', async () => {
    const called: string[] = []
    const setup = createServiceWithEmulator(
      {},
      {
        fetch: async (request) => {
          called.push(`${request.url} ${await request.text()}`)
          return new Response('{"direct":true}', { headers: { 'content-length': '15' } })
        },
      },
    )
    const ticket = await setup.order<FormTicket>({ ...SMALL, profile: 'direct' })
    const response = await setup.oss.fetch(buildForm(ticket, TEXT))
    expect(await response.json()).toEqual({ direct: true })
    expect(called[0]).toMatch(/^https:\/\/one\.example\.com\/cb /)
    expect(called[0]).toContain(`&id=${ticket.id}&sub=user-42&profile=direct&`)
    expect(setup.receipts).toEqual([])
  })
})

describe('when the callback fails', () => {
  it('the receipt is recorded all the same, and the handler runs again under the same id', async () => {
    const ids: string[] = []
    const setup = createServiceWithEmulator({
      onReceipt: ({ id, via }) => {
        ids.push(`${via} ${id}`)
        if (ids.length === 1) throw new Error('database is down')
        return { ok: true }
      },
    })
    const ticket = await setup.order<FormTicket>(SMALL)
    const response = await setup.oss.fetch(buildForm(ticket, TEXT))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ ok: true })
    const confirmed = await setup.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ ok: true })
    expect(ids).toEqual([`callback ${ticket.id}`, `callback ${ticket.id}`])
  })

  it('a callback that came through is not handled again by a confirmation', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL)
    await setup.oss.fetch(buildForm(ticket, TEXT))
    const confirmed = await setup.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ count: 1, key: ticket.key })
    expect(setup.receipts).toHaveLength(1)
  })

  it('a callback repeated by an attacker gets the first response', async () => {
    const setup = createServiceWithEmulator(
      {},
      { faults: { onCallback: () => ({ kind: 'repeat', times: 3 }) } },
    )
    const ticket = await setup.order<FormTicket>(SMALL)
    expect((await setup.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(setup.callbacks.length).toBeGreaterThanOrEqual(3)
    expect(setup.receipts).toHaveLength(1)
  })

  it('a Complete whose response got lost is confirmed after NoSuchUpload', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<MultipartTicket>(BIG)
    await sendParts(setup.oss, ticket, FILE)
    const again = await setup.oss.fetch(buildComplete(ticket))
    expect(again.status).toBe(404)
    expect(await readProblem(await setup.ask('/uploads/state', { session: ticket.session }))).toBe(
      '404 UPLOAD_GONE',
    )
    const confirmed = await setup.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ count: 1, key: ticket.key })
    expect(setup.receipts).toHaveLength(1)
  })
})

describe('an interrupted upload in parts', () => {
  it('is continued from what OSS has, with fresh URLs', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<MultipartTicket>(BIG)
    await setup.oss.fetch(buildPart(ticket, 2, FILE))
    setup.clock.advance(1000)
    expect((await setup.oss.fetch(buildPart(ticket, 1, FILE))).status).toBe(403)

    const state = (await (
      await setup.ask('/uploads/state', { session: ticket.session })
    ).json()) as {
      parts: unknown[]
    }
    const part = FILE.slice(102_400, 204_800)
    expect(state.parts).toEqual([
      { partNumber: 2, size: 102_400, crc64: String(crc64(part)), etag: expect.any(String) },
    ])
    const window = await setup.ask('/uploads/parts', {
      session: ticket.session,
      partNumbers: [1, 3, 4],
    })
    const fresh = { ...ticket, ...((await window.json()) as object) }
    expect((await sendParts(setup.oss, fresh, FILE)).status).toBe(200)
    expect(await readBytes(setup, ticket.key)).toEqual(FILE)
  })

  it('is gone once aborted, and nothing is stored', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<MultipartTicket>(BIG)
    await setup.oss.fetch(buildPart(ticket, 1, FILE))
    expect((await setup.ask('/uploads/abort', { session: ticket.session })).status).toBe(204)
    expect((await setup.ask('/uploads/abort', { session: ticket.session })).status).toBe(204)
    expect((await setup.oss.fetch(buildPart(ticket, 2, FILE))).status).toBe(404)
    expect((await readObject(setup, ticket.key)).status).toBe(404)
    expect(
      await readProblem(await setup.ask('/uploads/confirm', { session: ticket.session })),
    ).toBe('404 OBJECT_MISSING')
  })

  it('belongs to its user alone', async () => {
    const setup = createServiceWithEmulator()
    const { session } = await setup.order<MultipartTicket>(BIG)
    for (const path of ['/uploads/state', '/uploads/confirm', '/uploads/abort']) {
      expect(await readProblem(await setup.ask(path, { session }, 'user-43'))).toBe(
        '403 SESSION_INVALID',
      )
    }
    const parts = await setup.ask('/uploads/parts', { session, partNumbers: [1] }, 'user-43')
    expect(await readProblem(parts)).toBe('403 SESSION_INVALID')
  })
})

describe('a key that may come twice', () => {
  it('is not overwritten, and the older object is never taken for the newer upload', async () => {
    const setup = createServiceWithEmulator()
    const fixed = { profile: 'fixed', name: 'a.txt', type: 'text/plain', size: TEXT.length }
    const first = await setup.order<FormTicket>(fixed)
    const second = await setup.order<PutTicket>({ ...fixed, method: 'put' })
    expect((await setup.oss.fetch(buildForm(first, TEXT))).status).toBe(200)
    expect((await setup.oss.fetch(buildPut(second, TEXT))).status).toBe(409)
    const confirmed = await setup.ask('/uploads/confirm', { session: second.session })
    expect(await readProblem(confirmed)).toBe('409 OBJECT_MISMATCH')
    expect(setup.receipts).toHaveLength(1)
  })
})

describe('service and OSS disagreeing', () => {
  it('ends in 502 and no secret when the AccessKey is wrong', async () => {
    const setup = createServiceWithEmulator({
      credentials: { ...ACCESS_KEY, accessKeySecret: 'PLANTED-but-wrong' },
    })
    const response = await setup.ask('/uploads', BIG)
    const text = await response.clone().text()
    expect(await readProblem(response)).toBe('502 OSS_ERROR')
    expect(text).toContain('SignatureDoesNotMatch')
    expect(text + setup.lines.join('')).not.toMatch(/PLANTED|x-oss-date:|OSS4-HMAC-SHA256 Cred/)
  })
})
