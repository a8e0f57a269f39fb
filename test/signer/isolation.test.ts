/**
 * Services with the same secret and bucket: users, sessions and callbacks of one are not accepted by another. And one
 * service while its secret is replaced.
 */
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { JWT_AUDIENCE, JWT_SECRET, UPCALL_SECRET } from '../support/keys.ts'
import {
  buildForm,
  createServiceWithEmulator,
  type ServiceWithEmulator,
} from '../support/service-with-emulator.ts'

const IMAGE = { profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 }
const FILE = toUtf8('hello')
const OLD_SECRET = 'an older secret of at least 32 bytes'
const OTHER_ISSUER = 'https://other.example.com'
const otherAuth = { secret: JWT_SECRET, issuer: OTHER_ISSUER, audience: JWT_AUDIENCE }

async function askAs(
  { service, clock }: ServiceWithEmulator,
  path: string,
  body: unknown,
  issuer?: string,
): Promise<Response> {
  const token = await createBearer({ now: clock.now(), ...(issuer && { issuer }) })
  return service.fetch(
    new Request(`https://api.example.com${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}

describe('a session', () => {
  it.each<[string, object, string | undefined]>([
    ['another issuer with a user of the same name', { auth: otherAuth }, OTHER_ISSUER],
    ['another deployment', { deployment: 'staging' }, undefined],
    ['another bucket', { bucket: 'otherbucket' }, undefined],
  ])('is refused by a service of %s', async (_, settings, issuer) => {
    const own = createServiceWithEmulator()
    const { session } = await own.order<FormTicket>(IMAGE)
    const other = createServiceWithEmulator(settings)
    for (const path of ['/uploads/confirm', '/uploads/abort', '/uploads/state']) {
      const response = await askAs(other, path, { session }, issuer)
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining('"SESSION_INVALID"'),
      ])
    }
  })
})

describe('a secret', () => {
  it('can be replaced while an upload is on its way', async () => {
    const old = createServiceWithEmulator({ secret: OLD_SECRET })
    const ticket = await old.order<FormTicket>(IMAGE)
    const between = createServiceWithEmulator({ secret: [UPCALL_SECRET, OLD_SECRET] })
    const response = await between.oss.fetch(buildForm(ticket, FILE))
    expect(response.status).toBe(200)
    expect(between.receipts).toMatchObject([{ id: ticket.id, via: 'callback' }])
    const confirmed = await between.ask('/uploads/confirm', { session: ticket.session })
    expect(confirmed.status).toBe(200)
  })

  it('is no longer accepted when it is gone', async () => {
    const old = createServiceWithEmulator({ secret: OLD_SECRET })
    const ticket = await old.order<FormTicket>(IMAGE)
    const after = createServiceWithEmulator()
    expect((await after.oss.fetch(buildForm(ticket, FILE))).status).toBe(203)
    expect(after.receipts).toEqual([])
    const confirmed = await after.ask('/uploads/confirm', { session: ticket.session })
    expect(confirmed.status).toBe(403)
  })
})

describe('variables named like members of every object', () => {
  const profiles = {
    avatar: { key: 'a/{id}', types: ['*'], maxSize: 10, vars: ['constructor', 'album'] },
  }

  it('arrive in the receipt when the profile allows them', async () => {
    const setup = createServiceWithEmulator({ profiles })
    const vars = { constructor: 'c', album: 'a' }
    const ticket = await setup.order<FormTicket>({ ...IMAGE, vars })
    expect((await setup.oss.fetch(buildForm(ticket, FILE))).status).toBe(200)
    expect(setup.receipts).toMatchObject([{ vars }])
  })

  it.each(['__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'constructor'])(
    '%s is refused by name when the profile does not allow it',
    async (name) => {
      const setup = createServiceWithEmulator()
      const vars = JSON.parse(`{"${name}":"x"}`) as Record<string, string>
      const response = await setup.ask('/uploads', { ...IMAGE, vars })
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining('"VAR_REFUSED"'),
      ])
    },
  )
})
