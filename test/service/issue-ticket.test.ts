/** Tickets for many files in one call. A single ticket: uploads.test.ts. */
import { describe, expect, it } from 'vitest'
import type { FormTicket, MultipartTicket, TicketList } from '../../src/signer/ticket.ts'
import {
  buildBytes,
  buildForm,
  createServiceWithEmulator,
  type ServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'

const TEXT = new TextEncoder().encode('hello')
const SMALL = { profile: 'any', name: 'a.txt', type: 'text/plain', size: TEXT.length }

async function askList(
  setup: ServiceWithEmulator,
  uploads: unknown,
  headers?: Record<string, string>,
): Promise<TicketList['tickets']> {
  const response = await setup.ask('/uploads', { uploads }, undefined, headers)
  expect(response.status).toBe(200)
  return ((await response.json()) as TicketList).tickets
}

const readCode = (entry: unknown) => (entry as { error?: { code: string } }).error?.code
const idOf = (entry: unknown) => (entry as FormTicket).id

describe('POST /uploads with a list', () => {
  it('responds with a ticket for each, in their order, and each can be used', async () => {
    const setup = createServiceWithEmulator()
    const file = buildBytes(150_000)
    const names = ['a.txt', '夏天.txt', 'b.txt']
    const parts = { ...SMALL, size: file.length, method: 'multipart', partSize: 102_400 }
    const tickets = await askList(setup, [...names.map((name) => ({ ...SMALL, name })), parts])
    expect(tickets.map((ticket) => 'kind' in ticket && ticket.kind)).toEqual([
      'form',
      'form',
      'form',
      'multipart',
    ])
    for (const ticket of tickets.slice(0, 3)) {
      expect((await setup.oss.fetch(buildForm(ticket as FormTicket, TEXT))).status).toBe(200)
    }
    expect((await sendParts(setup.oss, tickets[3] as MultipartTicket, file)).status).toBe(200)
    expect(setup.receipts.map(({ name }) => name)).toEqual([...names, 'a.txt'])
    expect(new Set(tickets.map(idOf)).size).toBe(4)
  })

  it('tells of each what is wrong with it, and of the others nothing', async () => {
    const setup = createServiceWithEmulator()
    const tickets = await askList(setup, [
      { ...SMALL, profile: 'none' },
      SMALL,
      { ...SMALL, size: -1 },
      { ...SMALL, type: 'text/html' },
      null,
      { ...SMALL, key: 'chosen/by/the/page' },
    ])
    expect(tickets.map(readCode)).toEqual([
      'PROFILE_UNKNOWN',
      undefined,
      'BODY_FIELD',
      'TYPE_REFUSED',
      'BODY_FIELD',
      'BODY_FIELD',
    ])
    expect(tickets[0]).toEqual({
      error: {
        code: 'PROFILE_UNKNOWN',
        message: expect.any(String),
        requestId: expect.any(String),
        retryable: false,
      },
    })
  })

  it.each([
    [[], 'must not be empty'],
    [Array.from({ length: 51 }, () => SMALL), 'at most 50'],
    ['a.txt', 'must be a list'],
    [undefined, 'uploads'],
  ])('refuses %.30j as a whole', async (uploads, words) => {
    const setup = createServiceWithEmulator()
    const response = await setup.ask('/uploads', { uploads: uploads ?? null })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(words)
  })

  it('refuses other fields beside the list', async () => {
    const setup = createServiceWithEmulator()
    const response = await setup.ask('/uploads', { uploads: [SMALL], profile: 'any' })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'BODY_FIELD' } },
    ])
  })

  it('counts each as a request of its subject', async () => {
    const setup = createServiceWithEmulator({ rateLimits: { subjectPerMinute: 60 } })
    const fifty = Array.from({ length: 50 }, () => SMALL)
    expect(await askList(setup, fifty)).toHaveLength(50)
    const refused = await setup.ask('/uploads', { uploads: fifty })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // A refused list takes nothing: the ten that are left are still there.
    expect((await setup.ask('/uploads', SMALL)).status).toBe(201)
  })

  it('wants a token, once for all', async () => {
    const setup = createServiceWithEmulator()
    const body = JSON.stringify({ uploads: [SMALL] })
    const headers = { 'content-type': 'application/json' }
    const request = new Request('https://api.example.com/uploads', {
      method: 'POST',
      headers,
      body,
    })
    expect((await setup.service.fetch(request)).status).toBe(401)
  })

  it('gives the same ids again for the same Idempotency-Key, and equal files different ones', async () => {
    const setup = createServiceWithEmulator()
    const once = { 'idempotency-key': 'photos-of-Sunday' }
    const first = (await askList(setup, [SMALL, SMALL], once)).map(idOf)
    const again = (await askList(setup, [SMALL, SMALL], once)).map(idOf)
    expect(again).toEqual(first)
    expect(new Set(first).size).toBe(2)
    const alone = await setup.order<FormTicket>(SMALL, once)
    expect(first).not.toContain(alone.id)
  })

  it('asks the application and its quota for each', async () => {
    const asked: string[] = []
    const setup = createServiceWithEmulator({
      onBeforeUpload: ({ file }) => {
        asked.push(file.name)
        return file.name === 'no.txt'
          ? { allow: false, code: 'NOT_YOURS', message: 'No.' }
          : undefined
      },
    })
    const names = ['a.txt', 'no.txt', 'b.txt']
    const tickets = await askList(
      setup,
      names.map((name) => ({ ...SMALL, name })),
    )
    expect(asked.sort()).toEqual([...names].sort())
    expect(tickets.map(readCode)).toEqual([undefined, 'NOT_YOURS', undefined])
  })

  it('logs a fault of this side once, and passes nothing of it on', async () => {
    const setup = createServiceWithEmulator({
      checkQuota: () => {
        throw new Error('PLANTED')
      },
    })
    const tickets = await askList(setup, [SMALL])
    expect(readCode(tickets[0])).toBeDefined()
    expect(JSON.stringify(tickets)).not.toContain('PLANTED')
    expect(setup.lines.filter((line) => line.includes('"error"'))).toHaveLength(1)
  })
})
