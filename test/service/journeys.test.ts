/**
 * Page → ticket → OSS → callback → handler → page, for all three kinds of ticket, and each way it breaks.
 */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import { presign } from '../../src/protocol/presign.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { readProblem } from '../support/shop.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
  createWorld,
  sendParts,
  type World,
} from '../support/world.ts'

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

async function readObject({ oss, clock }: World, key: string, method = 'GET'): Promise<Response> {
  const { url } = presign(
    { method, bucket: 'examplebucket', region: 'cn-hangzhou', key },
    { credentials: ACCESS_KEY, now: clock.now(), expiresInSeconds: 60 },
  )
  return oss.fetch(new Request(url, { method }))
}

async function readBytes(world: World, key: string): Promise<Uint8Array> {
  return new Uint8Array(await (await readObject(world, key)).arrayBuffer())
}

describe('a whole upload', () => {
  it('by form: stored, called back, handled once, answered', async () => {
    const world = createWorld()
    const ticket = await world.order<FormTicket>(SMALL)
    const response = await world.oss.fetch(buildForm(ticket, TEXT))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ count: 1, key: ticket.key })
    expect(await readBytes(world, ticket.key)).toEqual(TEXT)
    expect(world.receipts).toHaveLength(1)
    expect(world.receipts[0]).toMatchObject({
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
    const world = createWorld()
    const ticket = await world.order<PutTicket>({ ...SMALL, method: 'put' })
    const response = await world.oss.fetch(buildPut(ticket, TEXT))
    expect(response.status).toBe(200)
    const stored = await readObject(world, ticket.key, 'HEAD')
    expect(stored.headers.get('content-type')).toBe('text/plain')
    expect(stored.headers.get('x-oss-meta-upcall-id')).toBe(ticket.id)
    expect(world.receipts).toHaveLength(1)
  })

  it('in parts: one object, one callback', async () => {
    const world = createWorld()
    const ticket = await world.order<MultipartTicket>({ ...BIG, crc64: String(crc64(FILE)) })
    expect(ticket.partCount).toBe(4)
    const response = await sendParts(world.oss, ticket, FILE)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ count: 1, key: ticket.key })
    expect(await readBytes(world, ticket.key)).toEqual(FILE)
    const stored = await readObject(world, ticket.key, 'HEAD')
    expect(stored.headers.get('content-type')).toBe('video/mp4')
    expect(world.receipts[0]?.etag).toMatch(/-4$/)
  })

  it.each(['form', 'put'] as const)('of no bytes by %s', async (method) => {
    const world = createWorld()
    const ticket = await world.order<FormTicket | PutTicket>({ ...SMALL, size: 0, method })
    const empty = new Uint8Array()
    const request = ticket.kind === 'form' ? buildForm(ticket, empty) : buildPut(ticket, empty)
    const response = await world.oss.fetch(request)
    expect(response.status).toBe(200)
    expect(world.receipts[0]?.size).toBe(0)
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
    const world = createWorld()
    const form = await world.order<FormTicket>({ ...SMALL, name })
    expect((await world.oss.fetch(buildForm(form, TEXT))).status).toBe(200)
    const put = await world.order<PutTicket>({ ...SMALL, name, method: 'put' })
    expect((await world.oss.fetch(buildPut(put, TEXT))).status).toBe(200)
    const parts = await world.order<MultipartTicket>({ ...BIG, name })
    expect((await sendParts(world.oss, parts, FILE)).status).toBe(200)
    expect(world.receipts.map((receipt) => receipt.name)).toEqual([name, name, name])
    for (const { key } of world.receipts)
      expect(key).toMatch(/^any\/2026\/11\/22\/[\w-]{22}(?:\.\w+)?$/)
  })

  it('brings variables of every kind back unharmed', async () => {
    const world = createWorld()
    const vars = { album: '夏 & "more" + 100% \\', note: 'two\nlines\n' }
    const image = { ...SMALL, profile: 'avatar', type: 'image/png', vars }
    const form = await world.order<FormTicket>(image)
    expect((await world.oss.fetch(buildForm(form, TEXT))).status).toBe(200)
    const put = await world.order<PutTicket>({ ...image, method: 'put' })
    expect((await world.oss.fetch(buildPut(put, TEXT))).status).toBe(200)
    expect(world.receipts.map((receipt) => receipt.vars)).toEqual([vars, vars])
  })

  it('calls a server of the application’s own in direct mode, and not the service', async () => {
    const called: string[] = []
    const world = createWorld(
      {},
      {
        fetch: async (request) => {
          called.push(`${request.url} ${await request.text()}`)
          return new Response('{"direct":true}', { headers: { 'content-length': '15' } })
        },
      },
    )
    const ticket = await world.order<FormTicket>({ ...SMALL, profile: 'direct' })
    const response = await world.oss.fetch(buildForm(ticket, TEXT))
    expect(await response.json()).toEqual({ direct: true })
    expect(called[0]).toMatch(/^https:\/\/one\.example\.com\/cb /)
    expect(called[0]).toContain(`&id=${ticket.id}&sub=user-42&profile=direct&`)
    expect(world.receipts).toEqual([])
  })
})

describe('when the callback fails', () => {
  it('203 is confirmed by the page, and the handler runs under the same id', async () => {
    let isDown = true
    const ids: string[] = []
    const world = createWorld({
      onReceipt: ({ id, via }) => {
        ids.push(`${via} ${id}`)
        if (isDown) throw new Error('database is down')
        return { ok: true }
      },
    })
    const ticket = await world.order<FormTicket>(SMALL)
    const response = await world.oss.fetch(buildForm(ticket, TEXT))
    expect(response.status).toBe(203)
    expect(await response.text()).toContain('CallbackFailed')
    isDown = false
    const confirmed = await world.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ ok: true })
    expect(ids).toEqual([`callback ${ticket.id}`, `confirm ${ticket.id}`])
  })

  it('a callback that came through is not handled again by a confirmation', async () => {
    const world = createWorld()
    const ticket = await world.order<FormTicket>(SMALL)
    await world.oss.fetch(buildForm(ticket, TEXT))
    const confirmed = await world.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ count: 1, key: ticket.key })
    expect(world.receipts).toHaveLength(1)
  })

  it('a callback repeated by an attacker gets the first answer', async () => {
    const world = createWorld({}, { faults: { onCallback: () => ({ kind: 'repeat', times: 3 }) } })
    const ticket = await world.order<FormTicket>(SMALL)
    expect((await world.oss.fetch(buildForm(ticket, TEXT))).status).toBe(200)
    expect(world.callbacks.length).toBeGreaterThanOrEqual(3)
    expect(world.receipts).toHaveLength(1)
  })

  it('a Complete whose answer got lost is confirmed after NoSuchUpload', async () => {
    const world = createWorld()
    const ticket = await world.order<MultipartTicket>(BIG)
    await sendParts(world.oss, ticket, FILE)
    const again = await world.oss.fetch(buildComplete(ticket))
    expect(again.status).toBe(404)
    expect(await readProblem(await world.ask('/uploads/state', { session: ticket.session }))).toBe(
      '404 UPLOAD_GONE',
    )
    const confirmed = await world.ask('/uploads/confirm', { session: ticket.session })
    expect(await confirmed.json()).toEqual({ count: 1, key: ticket.key })
    expect(world.receipts).toHaveLength(1)
  })
})

describe('an interrupted upload in parts', () => {
  it('is continued from what OSS has, with fresh URLs', async () => {
    const world = createWorld()
    const ticket = await world.order<MultipartTicket>(BIG)
    await world.oss.fetch(buildPart(ticket, 2, FILE))
    world.clock.advance(1000)
    expect((await world.oss.fetch(buildPart(ticket, 1, FILE))).status).toBe(403)

    const state = (await (
      await world.ask('/uploads/state', { session: ticket.session })
    ).json()) as {
      parts: unknown[]
    }
    const part = FILE.slice(102_400, 204_800)
    expect(state.parts).toEqual([
      { partNumber: 2, size: 102_400, crc64: String(crc64(part)), etag: expect.any(String) },
    ])
    const window = await world.ask('/uploads/parts', {
      session: ticket.session,
      partNumbers: [1, 3, 4],
    })
    const fresh = { ...ticket, ...((await window.json()) as object) }
    expect((await sendParts(world.oss, fresh, FILE)).status).toBe(200)
    expect(await readBytes(world, ticket.key)).toEqual(FILE)
  })

  it('is gone once aborted, and nothing is stored', async () => {
    const world = createWorld()
    const ticket = await world.order<MultipartTicket>(BIG)
    await world.oss.fetch(buildPart(ticket, 1, FILE))
    expect((await world.ask('/uploads/abort', { session: ticket.session })).status).toBe(204)
    expect((await world.ask('/uploads/abort', { session: ticket.session })).status).toBe(204)
    expect((await world.oss.fetch(buildPart(ticket, 2, FILE))).status).toBe(404)
    expect((await readObject(world, ticket.key)).status).toBe(404)
    expect(
      await readProblem(await world.ask('/uploads/confirm', { session: ticket.session })),
    ).toBe('404 OBJECT_MISSING')
  })

  it('belongs to its user alone', async () => {
    const world = createWorld()
    const { session } = await world.order<MultipartTicket>(BIG)
    for (const path of ['/uploads/state', '/uploads/confirm', '/uploads/abort']) {
      expect(await readProblem(await world.ask(path, { session }, 'user-43'))).toBe(
        '403 SESSION_INVALID',
      )
    }
    const parts = await world.ask('/uploads/parts', { session, partNumbers: [1] }, 'user-43')
    expect(await readProblem(parts)).toBe('403 SESSION_INVALID')
  })
})

describe('a key that may come twice', () => {
  it('is not overwritten, and the older object is never taken for the newer upload', async () => {
    const world = createWorld()
    const fixed = { profile: 'fixed', name: 'a.txt', type: 'text/plain', size: TEXT.length }
    const first = await world.order<FormTicket>(fixed)
    const second = await world.order<PutTicket>({ ...fixed, method: 'put' })
    expect((await world.oss.fetch(buildForm(first, TEXT))).status).toBe(200)
    expect((await world.oss.fetch(buildPut(second, TEXT))).status).toBe(409)
    const confirmed = await world.ask('/uploads/confirm', { session: second.session })
    expect(await readProblem(confirmed)).toBe('409 OBJECT_MISMATCH')
    expect(world.receipts).toHaveLength(1)
  })
})

describe('service and OSS disagreeing', () => {
  it('ends in 502 and no secret when the AccessKey is wrong', async () => {
    const world = createWorld({
      credentials: { ...ACCESS_KEY, accessKeySecret: 'PLANTED-but-wrong' },
    })
    const response = await world.ask('/uploads', BIG)
    const text = await response.clone().text()
    expect(await readProblem(response)).toBe('502 OSS_ERROR')
    expect(text).toContain('SignatureDoesNotMatch')
    expect(text + world.lines.join('')).not.toMatch(/PLANTED|x-oss-date:|OSS4-HMAC-SHA256 Cred/)
  })
})
