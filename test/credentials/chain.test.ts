/** Credentials that expire, the whole way: local STS, service, page, local OSS. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildSessionPolicy } from '../../src/credentials/session-policy.ts'
import { createAssumeRole } from '../../src/credentials/sts.ts'
import type { EmulatorOptions } from '../../src/emulator/index.ts'
import { fromBase64 } from '../../src/protocol/bytes.ts'
import { presign } from '../../src/protocol/index.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  createServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'
import { readProblem } from '../support/service-with-stub-oss.ts'

const LIFE_SECONDS = 3600
const FORM = { profile: 'any', name: 'a.png', type: 'image/png', size: 5 }
const FILE = new TextEncoder().encode('hello')
const profiles = {
  any: {
    key: 'any/{id}.{ext}',
    types: ['*'],
    maxSize: 1e9,
    multipartFrom: 250_000,
    partSize: 102_400,
  },
}

interface Issued {
  accessKeyId: string
  accessKeySecret: string
  securityToken: string
  /** By the clock of STS. */
  endMs: number
}

function createChain(emulator: Partial<EmulatorOptions> = {}, durationSeconds = LIFE_SECONDS) {
  const issued: Issued[] = []
  const state = { isStsDown: false }
  const setup = createServiceWithEmulator(
    {
      profiles,
      credentials: createAssumeRole({
        roleArn: 'acs:ram::1000000000000000:role/upcall',
        stsEndpoint: 'http://localhost',
        credentials: ACCESS_KEY,
        policy: buildSessionPolicy('examplebucket', profiles),
        durationSeconds,
        now: () => setup.clock.now(),
        fetch: async (input, init) => {
          const response = await setup.oss.fetch(new Request(input, init))
          const { Credentials: one } = await response
            .clone()
            .json()
            .catch(() => ({}))
          if (one) {
            issued.push({
              accessKeyId: one.AccessKeyId,
              accessKeySecret: one.AccessKeySecret,
              securityToken: one.SecurityToken,
              endMs: Date.parse(one.Expiration),
            })
          }
          return response
        },
      }),
    },
    {
      sts: true,
      faults: {
        onRequest: ({ operation }) =>
          state.isStsDown && operation === 'AssumeRole'
            ? { kind: 'error', status: 503 }
            : undefined,
      },
      ...emulator,
    },
  )
  return { ...setup, issued, state }
}

describe('a token of STS', () => {
  it('signs tickets, is asked for once, and reaches the receipt', async () => {
    const chain = createChain()
    const [form, put] = await Promise.all([
      chain.order<FormTicket>(FORM),
      chain.order<PutTicket>({ ...FORM, method: 'put' }),
    ])
    expect(chain.issued).toHaveLength(1)
    expect(form.fields['x-oss-security-token']).toBe(chain.issued[0]?.securityToken)
    expect(new URL(put.url).searchParams.get('x-oss-security-token')).toBe(
      chain.issued[0]?.securityToken,
    )
    expect((await chain.oss.fetch(buildForm(form, FILE))).status).toBe(200)
    expect(chain.receipts).toMatchObject([{ id: form.id, via: 'callback' }])
  })

  it('does all that the service does, in parts and by the sweep', async () => {
    const chain = createChain()
    const file = buildBytes(300_000)
    const ticket = await chain.order<MultipartTicket>({ ...FORM, size: file.length })
    const state = await chain.ask('/uploads/state', { session: ticket.session })
    expect(state.status).toBe(200)
    expect((await sendParts(chain.oss, ticket, file)).status).toBe(200)
    const other = await chain.order<MultipartTicket>({ ...FORM, size: file.length })
    expect((await chain.ask('/uploads/abort', { session: other.session })).status).toBe(204)
    chain.clock.advance(600)
    await expect(chain.service.sweep()).resolves.toBeDefined()
    const refused = chain.oss.log.requests.filter(({ status }) => status >= 400)
    expect(refused).toEqual([])
  })

  it('may not do anything else', async () => {
    const chain = createChain()
    await chain.order(FORM)
    const [credentials] = chain.issued
    if (!credentials) return expect.fail('No token.')
    const place = { bucket: 'examplebucket', region: 'cn-hangzhou', endpoint: 'http://localhost' }
    const send = async (method: string, key: string) => {
      const signing = { credentials, now: chain.clock.now(), expiresInSeconds: 60 }
      const { url } = presign({ ...place, method, key }, signing)
      return (await chain.oss.fetch(new Request(url, { method }))).status
    }
    expect(await send('PUT', 'other/1')).toBe(403)
    expect(await send('DELETE', 'any/1')).toBe(403)
    expect(await send('PUT', 'any/1')).toBe(200)
  })

  it('may end in the middle of an upload: the next URLs are signed with a new one', async () => {
    const chain = createChain()
    const file = buildBytes(300_000)
    const first = await chain.order<MultipartTicket>({ ...FORM, size: file.length })
    expect((await chain.oss.fetch(buildPart(first, 1, file))).status).toBe(200)
    chain.clock.advance(LIFE_SECONDS + 1)
    const late = await chain.oss.fetch(buildPart(first, 2, file))
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Expired')])
    const asked = await chain.ask('/uploads/parts', { session: first.session, partNumbers: [2, 3] })
    const window = (await asked.json()) as Pick<MultipartTicket, 'parts' | 'complete' | 'expiresAt'>
    const second = { ...first, ...window }
    for (const number of [2, 3]) {
      expect((await chain.oss.fetch(buildPart(second, number, file))).status).toBe(200)
    }
    expect((await chain.oss.fetch(buildComplete(second))).status).toBe(200)
    expect(chain.receipts).toMatchObject([{ id: first.id, size: file.length }])
    expect(chain.issued).toHaveLength(2)
  })

  it('is renewed five minutes ahead, once for many requests', async () => {
    const chain = createChain()
    await chain.order(FORM)
    chain.clock.advance(LIFE_SECONDS - 301)
    await chain.order(FORM)
    expect(chain.issued).toHaveLength(1)
    chain.clock.advance(2)
    await Promise.all(Array.from({ length: 10 }, () => chain.order(FORM)))
    expect(chain.issued).toHaveLength(2)
    const ticket = await chain.order<FormTicket>(FORM)
    expect(ticket.fields['x-oss-security-token']).toBe(chain.issued[1]?.securityToken)
  })

  it('is used to its end while STS is down, and uploads go on; afterwards they are refused', async () => {
    const chain = createChain()
    await chain.order(FORM)
    chain.state.isStsDown = true
    chain.clock.advance(LIFE_SECONDS - 240)
    for (let minute = 0; minute < 4; minute += 1) {
      const ticket = await chain.order<FormTicket>(FORM)
      expect((await chain.oss.fetch(buildForm(ticket, FILE))).status).toBe(200)
      expect(Date.parse(ticket.expiresAt)).toBeLessThanOrEqual(chain.issued[0]?.endMs ?? 0)
      chain.clock.advance(60)
    }
    expect(chain.issued).toHaveLength(1)
    const refused = await chain.ask('/uploads', FORM)
    expect(await readProblem(refused)).toBe('503 CREDENTIALS_UNAVAILABLE')
    expect(chain.lines.join()).toContain('STS at localhost')
    for (const { securityToken, accessKeySecret } of chain.issued) {
      expect(chain.lines.join()).not.toContain(securityToken)
      expect(chain.lines.join()).not.toContain(accessKeySecret)
    }
    chain.state.isStsDown = false
    expect((await chain.ask('/uploads', FORM)).status).toBe(201)
  })
})

describe('clocks that disagree', () => {
  it.each([-840, -60, 60, 840])('by %i s do not hinder an upload', async (seconds) => {
    const chain = createChain({ clockOffsetSeconds: seconds })
    const ticket = await chain.order<FormTicket>(FORM)
    expect((await chain.oss.fetch(buildForm(ticket, FILE))).status).toBe(200)
  })
})

/** The end of a ticket's signature by the clock of OSS, ms. */
function readEnd(ticket: FormTicket | PutTicket | MultipartTicket): number[] {
  if (ticket.kind === 'form') {
    const policy = new TextDecoder().decode(fromBase64(ticket.fields.policy ?? ''))
    return [Date.parse(JSON.parse(policy).expiration)]
  }
  const urls =
    ticket.kind === 'put'
      ? [ticket.url]
      : [ticket.complete.url, ...ticket.parts.map(({ url }) => url)]
  return urls.map((url) => {
    const query = new URL(url).searchParams
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('x-oss-date') ?? '') ?? []
    const begin = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    return begin + Number(query.get('x-oss-expires')) * 1000
  })
}

it('no issued URL or form outlives its token, whenever it is issued and whatever the clocks say', async () => {
  const left = fc.oneof(
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.constantFrom(-2, 0.001, 0.3, 0.999, 1, 1.5, 59, 61, 299, 301),
  )
  const method = fc.constantFrom('form', 'put', 'multipart')
  const step = fc.record({ leftSeconds: left, isStsDown: fc.boolean(), method })
  let checked = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -800, max: 800 }),
      fc.constantFrom(900, 3600),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      async (clockOffsetSeconds, durationSeconds, steps) => {
        const chain = createChain({ clockOffsetSeconds }, durationSeconds)
        await chain.order(FORM)
        for (const { leftSeconds, isStsDown, method } of steps) {
          // So much is left of the last token by the clock of OSS; or it ended so long ago.
          const ossNowMs = chain.clock.now().getTime() + clockOffsetSeconds * 1000
          const waitMs = (chain.issued.at(-1)?.endMs ?? 0) - leftSeconds * 1000 - ossNowMs
          chain.clock.advance(Math.max(0, waitMs) / 1000)
          chain.state.isStsDown = isStsDown
          const size = method === 'multipart' ? 300_000 : 5
          const response = await chain.ask('/uploads', { ...FORM, size, method })
          if (response.status !== 201) continue
          const ticket = (await response.json()) as FormTicket | PutTicket | MultipartTicket
          const text = JSON.stringify(ticket)
          const token = chain.issued.find(({ securityToken }) => text.includes(securityToken))
          // It still lives, too; the header `date` tells full seconds.
          const issuedMs = chain.clock.now().getTime() + clockOffsetSeconds * 1000
          expect(token?.endMs).toBeGreaterThan(issuedMs - 1000)
          for (const endMs of readEnd(ticket)) {
            expect(endMs).toBeLessThanOrEqual(token?.endMs ?? 0)
            checked += 1
          }
        }
      },
    ),
    { numRuns: 150 },
  )
  expect(checked).toBeGreaterThan(200)
}, 60_000)
