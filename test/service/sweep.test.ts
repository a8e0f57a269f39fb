/** The sweep of the whole service against the local OSS: tabs closed after the last byte, callbacks lost. */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
import {
  buildBytes,
  buildForm,
  buildPart,
  buildPut,
  createServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'

const TEXT = new TextEncoder().encode('hello')
const SMALL = { profile: 'any', name: '夏天.txt', type: 'text/plain', size: TEXT.length }
const BIG = { profile: 'any', name: 'v.mp4', type: 'video/mp4', size: 300_000 }

/** Every callback is lost on its way. */
const createLossy = () =>
  createServiceWithEmulator(
    {},
    {
      fetch: async () => {
        throw new TypeError('connection reset')
      },
    },
  )

describe('the sweep of the service', () => {
  it('brings form, PUT and parts to the application, once, with all their facts', async () => {
    const setup = createLossy()
    const form = await setup.order<FormTicket>({ ...SMALL, crc64: String(crc64(TEXT)) })
    const put = await setup.order<PutTicket>({ ...SMALL, method: 'put' })
    const parts = await setup.order<MultipartTicket>({ ...BIG, method: 'multipart' })
    const responses = [
      await setup.oss.fetch(buildForm(form, TEXT)),
      await setup.oss.fetch(buildPut(put, TEXT)),
      await sendParts(setup.oss, parts, buildBytes(300_000)),
    ]
    expect(responses.map(({ status }) => status)).toEqual([203, 203, 203])

    expect(await setup.service.sweep()).toMatchObject({ listed: 0, accepted: 0 })
    setup.clock.advance(121)
    expect(await setup.service.sweep()).toMatchObject({
      listed: 3,
      accepted: 3,
      failed: 0,
      problems: [],
    })
    await expect.poll(() => setup.receipts.length).toBe(3)
    const receipt = setup.receipts.find(({ id }) => id === form.id)
    expect(receipt).toMatchObject({
      key: form.key,
      name: '夏天.txt',
      size: 5,
      subject: 'user-42',
      profile: 'any',
      via: 'sweep',
    })
    expect(await setup.service.sweep()).toMatchObject({ listed: 3, accepted: 0 })
    // The page comes back after all: no second run.
    const confirmed = await setup.ask('/uploads/confirm', { session: put.session })
    expect(await confirmed.json()).toMatchObject({ key: put.key })
    expect(setup.receipts).toHaveLength(3)
  })

  it('leaves alone what others stored in the bucket', async () => {
    const setup = createLossy()
    const ticket = await setup.order<FormTicket>(SMALL)
    await setup.oss.fetch(buildForm(ticket, TEXT))
    setup.clock.advance(121)
    const other = createServiceWithEmulator(
      { secret: 'another deployment, another secret of 32 bytes' },
      { fetch: async () => new Response('{}') },
    )
    const foreign = await other.order<FormTicket>(SMALL)
    await other.oss.fetch(buildForm(foreign, TEXT))
    other.clock.advance(121)
    expect(await setup.service.sweep()).toMatchObject({ listed: 1, accepted: 1 })
    expect(await other.service.sweep()).toMatchObject({ listed: 1, accepted: 1 })
  })

  it('aborts what nobody finished, after three days', async () => {
    const setup = createLossy()
    const ticket = await setup.order<MultipartTicket>({ ...BIG, method: 'multipart' })
    await setup.oss.fetch(buildPart(ticket, 1, buildBytes(300_000)))
    setup.clock.advance(2 * 86_400)
    expect(await setup.service.sweep()).toMatchObject({ aborted: 0 })
    setup.clock.advance(86_401)
    expect(await setup.service.sweep()).toMatchObject({ aborted: 1, failed: 0 })
    expect(await setup.service.sweep()).toMatchObject({ aborted: 0 })
  })

  it('reports what it could not do, in words without names and secrets', async () => {
    const setup = createServiceWithEmulator({
      fetch: async (input) => {
        throw new TypeError(`fetch failed: ${new Request(input).url}`)
      },
    })
    const report = await setup.service.sweep()
    expect(report).toMatchObject({ accepted: 0, aborted: 0 })
    expect(report.failed).toBeGreaterThan(0)
    expect(report.problems.join()).toMatch(/^OSS did not/)
    expect(JSON.stringify(report)).not.toMatch(/https?:|x-oss-/)
  })
})
