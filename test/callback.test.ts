/** A server of the application that receives the callbacks of a profile itself, by what `oss-upcall/callback` exports. */
import { describe, expect, it } from 'vitest'
import * as callback from '../src/callback.ts'
import type { DirectCallback } from '../src/signer/profile.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../src/signer/ticket.ts'
import { ACCESS_KEY, CALLBACK_KEY, JWT_ISSUER, UPCALL_SECRET } from './support/keys.ts'
import {
  buildBytes,
  buildForm,
  buildPut,
  createServiceWithEmulator,
  sendParts,
} from './support/service-with-emulator.ts'

const FILE = buildBytes(250_000)
const publicKeys = { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }

function createReceiver(own: Partial<DirectCallback>) {
  const accepted: callback.AcceptedCallback[] = []
  const receipts: callback.Receipt[] = []
  const bodies: string[] = []
  const setup = createServiceWithEmulator(
    {
      profiles: {
        direct: {
          key: 'd/{id}.{ext}',
          types: ['*'],
          maxSize: 1e9,
          vars: ['album', 'note'],
          callback: { url: 'https://app.example.com/oss/callbacks?v=1', ...own },
        },
      },
    },
    {
      fetch: async (request) => {
        bodies.push(await request.clone().text())
        const message = await callback.fromRequest(request as Request)
        const check = {
          bucket: 'examplebucket',
          issuer: JWT_ISSUER,
          secret: ['a newer secret', UPCALL_SECRET],
          now: setup.clock.now(),
          publicKeys,
        }
        const upload = callback.acceptCallback(message, check)
        accepted.push(upload)
        receipts.push(
          await callback.confirmCallback(upload, {
            region: 'cn-hangzhou',
            credentials: ACCESS_KEY,
            fetch: async (input, init) => setup.oss.fetch(new Request(input, init)),
            now: setup.clock.now,
          }),
        )
        return Response.json({ ok: true }, { headers: { 'content-length': '11' } })
      },
    },
  )
  return { setup, accepted, receipts, bodies }
}

const request = {
  profile: 'direct',
  name: '假日 "🏖" & a=b.png',
  type: 'image/png',
  size: FILE.length,
  vars: { note: 'two\nlines' },
  partSize: 102_400,
}

describe.each<[string, Partial<DirectCallback>]>([
  ['form-encoded callbacks', {}],
  ['callbacks in JSON', { bodyType: 'application/json' }],
])('%s', (_, own) => {
  it.each<[string, 'form' | 'put' | 'multipart']>([
    ['a form', 'form'],
    ['a PUT', 'put'],
    ['parts', 'multipart'],
  ])('of %s are accepted with all that their seal proves', async (__, method) => {
    const { setup, accepted, receipts, bodies } = createReceiver(own)
    const ticket = await setup.order({ ...request, method })
    const response =
      method === 'form'
        ? await setup.oss.fetch(buildForm(ticket as FormTicket, FILE))
        : method === 'put'
          ? await setup.oss.fetch(buildPut(ticket as PutTicket, FILE))
          : await sendParts(setup.oss, ticket as MultipartTicket, FILE)
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    expect(accepted).toMatchObject([
      {
        id: ticket.id,
        subject: 'user-42',
        issuer: JWT_ISSUER,
        key: ticket.key,
        name: request.name,
        size: FILE.length,
        vars: { album: '', note: 'two\nlines' },
      },
    ])
    expect(receipts).toMatchObject([
      { id: ticket.id, size: FILE.length, crc64: accepted[0]?.unverified.crc64, via: 'callback' },
    ])
    expect(accepted[0]?.unverified.crc64).toMatch(/^\d{18,20}$/)
    if (own.bodyType) expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ 'x:album': '' })
  })
})

describe('oss-upcall/callback', () => {
  it('exports what a receiver needs, and no more', () => {
    expect(Object.keys(callback).sort()).toEqual([
      'OSS_CALLBACK_PUBLIC_KEYS',
      'ServiceError',
      'UploadRefused',
      'acceptCallback',
      'confirmCallback',
      'fromLambda',
      'fromNode',
      'fromRequest',
      'verifyCallback',
    ])
  })
})
