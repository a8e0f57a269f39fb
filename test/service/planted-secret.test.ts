/**
 * Everything that can go wrong, with secrets planted wherever there are some: none of them in a response, none in a log.
 */
import { describe, expect, it } from 'vitest'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
import { ACCESS_KEY, PLANTED } from '../support/keys.ts'
import {
  buildBytes,
  buildForm,
  createServiceWithEmulator,
} from '../support/service-with-emulator.ts'
import { createCallback } from '../support/service-with-stub-oss.ts'

const SMALL = { profile: 'any', name: 'a.txt', type: 'text/plain', size: 5 }
const BIG = { profile: 'any', name: 'a.bin', type: 'video/mp4', size: 300_000, method: 'multipart' }
const TEXT = new TextEncoder().encode('hello')

describe('secrets', () => {
  it('are in no ticket', async () => {
    const setup = createServiceWithEmulator()
    const tickets = [
      await setup.order<FormTicket>(SMALL),
      await setup.order<PutTicket>({ ...SMALL, method: 'put' }),
      await setup.order<MultipartTicket>({ ...BIG, method: 'multipart' }),
    ]
    const text = JSON.stringify(tickets)
    for (const secret of PLANTED) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(btoa(secret).replace(/=+$/, '').slice(2, -2))
    }
  })

  it('are in no error and no log, and neither are tokens and query strings', async () => {
    const texts: string[] = []
    const read = async (response: Response) => {
      texts.push(await response.text(), JSON.stringify([...response.headers]))
    }
    const sessions: string[] = []

    // Wrong credentials: OSS echoes what it was sent, string to sign and all.
    const wrong = createServiceWithEmulator({
      credentials: {
        ...ACCESS_KEY,
        accessKeySecret: 'PLANTED-wrong',
        securityToken: 'PLANTED-sts',
      },
    })
    await read(await wrong.ask('/uploads', BIG))
    texts.push(...wrong.lines)

    // A network that quotes the URL, a handler that quotes everything.
    const quoting = createServiceWithEmulator({
      fetch: async (input) => {
        throw new TypeError(`fetch failed: ${new Request(input).url} ${PLANTED.join(' ')}`)
      },
    })
    const ticket = await quoting.order<FormTicket>(SMALL)
    sessions.push(ticket.session)
    for (const path of ['/uploads/confirm', '/uploads/abort', '/uploads/state']) {
      await read(await quoting.ask(path, { session: ticket.session }))
    }
    await read(await quoting.ask('/uploads', BIG))
    texts.push(...quoting.lines)

    const renewing = createServiceWithEmulator({
      credentials: async () => ({
        accessKeyId: ACCESS_KEY.accessKeyId,
        accessKeySecret: 'PLANTED-renewed',
        securityToken: 'PLANTED-renewed-token',
      }),
      fetch: async () => {
        throw new TypeError('PLANTED-renewed and PLANTED-renewed-token')
      },
    })
    await read(await renewing.ask('/uploads', BIG))
    expect(renewing.lines.join()).toContain('[secret] and [secret]')
    texts.push(...renewing.lines)

    const careless = createServiceWithEmulator(
      {
        onReceipt: (receipt) => {
          throw new Error(`cannot save ${JSON.stringify(receipt)} with ${PLANTED.join(' and ')}`)
        },
      },
      {},
      { firstRetryMs: 60_000 },
    )
    const second = await careless.order<FormTicket>(SMALL)
    sessions.push(second.session, second.fields['x:seal'] ?? '', second.fields.policy ?? '')
    await read(await careless.oss.fetch(buildForm(second, TEXT)))
    await read(await careless.ask('/uploads/confirm', { session: second.session }))
    texts.push(...careless.lines)

    // Bad tokens, sessions and callbacks, all with something to hide.
    const setup = createServiceWithEmulator()
    for (const authorization of [`Bearer ${PLANTED[0]}`, `Basic ${PLANTED[1]}`]) {
      await read(
        await setup.service.fetch(
          new Request('https://api.example.com/uploads?token=PLANTED-query', {
            method: 'POST',
            headers: { authorization },
            body: PLANTED[0] ?? '',
          }),
        ),
      )
    }
    await read(await setup.ask('/uploads/state', { session: PLANTED[0] }))
    await read(await setup.ask('/uploads', { ...SMALL, 'PLANTED-field': 1, size: 'PLANTED-size' }))
    await read(await setup.ask('/uploads', { ...SMALL, type: 'PLANTED-type' }))
    await read(await setup.ask('/uploads', { ...SMALL, vars: { 'PLANTED-var': 'x' } }))
    await read(await setup.ask('/uploads', { ...SMALL, profile: 'PLANTED-profile' }))
    await read(await setup.service.fetch(createCallback(`seal=${PLANTED[0]}`)))
    await read(await setup.service.fetch(new Request('https://api.example.com/PLANTED?PLANTED')))
    texts.push(...setup.lines)

    const all = texts.join('\n')
    expect(texts.length).toBeGreaterThan(30)
    expect(all).not.toContain('PLANTED')
    expect(all).not.toMatch(/x-oss-signature=|Signature=|\?uploads/)
    for (const session of sessions) expect(all).not.toContain(session.slice(0, 60))
  })

  it('stay where they are when whole files are at stake', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>({ ...SMALL, size: 100_000 })
    const response = await setup.oss.fetch(buildForm(ticket, buildBytes(100_000)))
    expect(response.status).toBe(200)
    expect(setup.lines).toEqual([])
  })
})
