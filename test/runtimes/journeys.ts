/**
 * What must work on every runtime: pages, OSS and operators, played over HTTP against one running service. Each journey
 * fails by throwing. Over 200 lines: each journey is short, and all use the same few functions.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { generateKeyPair } from 'jose'
import { crc64 } from '../../src/protocol/crc64.ts'
import type { FormTicket, MultipartTicket, PutTicket, Ticket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
} from '../support/service-with-emulator.ts'
import { OPERATOR_TOKEN, type Surroundings } from './surroundings.ts'

export interface Journey {
  /** Where the service is, without a slash at the end. */
  url: string
  around: Surroundings
  /** @see Runtime.dropsLength */
  dropsLength?: boolean | undefined
  /** A token of `user-42`. @default HS256, by the secret of the tests */
  signToken?: () => Promise<string>
}

type Bytes = Uint8Array<ArrayBuffer>

const TEXT: Bytes = new TextEncoder().encode('hello 世界')
const NOTE = { profile: 'any', name: '笔记 🏖.txt', type: 'text/plain', size: TEXT.length }
const FILE = buildBytes(350_000)
const PARTS = {
  profile: 'any',
  name: 'a.bin',
  type: 'video/mp4',
  size: FILE.length,
  method: 'multipart',
  partSize: 102_400,
}

async function ask(
  { url, signToken }: Journey,
  path: string,
  body: unknown,
  subject?: string,
): Promise<Response> {
  const isOwn = subject === undefined && signToken !== undefined
  const token = isOwn ? signToken() : createBearer({ now: new Date(), ...(subject && { subject }) })
  const authorization = `Bearer ${await token}`
  const headers = { authorization, 'content-type': 'application/json' }
  return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function order<T extends Ticket>(journey: Journey, request: object): Promise<T> {
  const response = await ask(journey, '/uploads', request)
  if (response.status !== 201) throw new Error(`No ticket: ${await response.text()}`)
  return (await response.json()) as T
}

async function readCode(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { code: string } }
  return `${response.status} ${error.code}`
}

/** The page has the application's own response, and the application has one event with these facts. */
async function checkUpload(
  journey: Journey,
  { id, key, session }: Ticket,
  response: Response,
  file: Bytes,
): Promise<void> {
  const { around } = journey
  let text = await response.text()
  if (journey.dropsLength && response.status === 203) {
    match(text, /missing content-length/)
    // What the browser client does after a 203.
    text = await (await ask(journey, '/uploads/confirm', { session })).text()
  } else {
    equal(response.status, 200, text)
  }
  deepEqual(JSON.parse(text), { saved: id })
  const events = around.events.filter(({ data }) => data.id === id)
  equal(events.length, 1)
  const { subject, size, crc64: sum, key: storedKey } = events[0]?.data ?? {}
  deepEqual([subject, size, sum, storedKey], ['user-42', file.length, String(crc64(file)), key])
}

async function sendParts(ticket: MultipartTicket): Promise<Response> {
  for (const { partNumber } of ticket.parts) {
    equal((await fetch(buildPart(ticket, partNumber, FILE))).status, 200)
  }
  return fetch(buildComplete(ticket))
}

/** A form whose callback OSS could not send. */
async function storeWithoutCallback(journey: Journey): Promise<FormTicket> {
  const ticket = await order<FormTicket>(journey, NOTE)
  journey.around.failNextCallback({ kind: 'unreachable' })
  equal((await fetch(buildForm(ticket, TEXT, 'text/plain'))).status, 203)
  return ticket
}

export const RESTART_JOURNEY =
  'killed before the application had the event, delivered after the restart'
/** The first attempt after a start may wait for its time. */
const RESTART_TIMEOUT_MS = 20_000

/** @param restart kills the service and starts it again on the same data */
export async function playRestart(journey: Journey, restart: () => Promise<void>): Promise<void> {
  const { around } = journey
  around.setApplicationDown(true)
  const ticket = await order<FormTicket>(journey, NOTE)
  const response = await fetch(buildForm(ticket, TEXT, 'text/plain'))
  const text = await response.text()
  equal(response.status, 200, text)
  deepEqual(JSON.parse(text), { status: 'accepted', id: ticket.id })
  await restart()
  around.setApplicationDown(false)
  const deadline = Date.now() + RESTART_TIMEOUT_MS
  const findEvents = () => around.events.filter(({ data }) => data.id === ticket.id)
  while (findEvents().length === 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  equal(findEvents().length, 1)
}

/** For a service that is started with a JWKS: only keys of Web Crypto verify such tokens. */
export const JWKS_JOURNEY = 'tokens by ES256 and a JWKS'

export async function playJwks(journey: Journey): Promise<void> {
  const { url, around } = journey
  const request = async (token: string): Promise<Response> =>
    fetch(`${url}/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(NOTE),
    })
  const other = await generateKeyPair('ES256')
  equal((await request(await around.signToken(other.privateKey))).status, 401)
  equal((await request(await createBearer({ now: new Date() }))).status, 401)
  const ordered = await request(await around.signToken())
  equal(ordered.status, 201)
  const ticket = (await ordered.json()) as FormTicket
  const response = await fetch(buildForm(ticket, TEXT, 'text/plain'))
  const signToken = () => around.signToken()
  await checkUpload({ ...journey, signToken }, ticket, response, TEXT)
}

export const JOURNEYS: Readonly<Record<string, (journey: Journey) => Promise<void>>> = {
  async 'a form: ticket, OSS, callback, webhook, response'(journey) {
    const ticket = await order<FormTicket>(journey, NOTE)
    const response = await fetch(buildForm(ticket, TEXT, 'text/plain'))
    await checkUpload(journey, ticket, response, TEXT)
    equal(journey.around.events.at(-1)?.data.name, NOTE.name)
  },

  async 'a PUT, and one of no bytes'(journey) {
    for (const file of [TEXT, new Uint8Array()]) {
      const ticket = await order<PutTicket>(journey, { ...NOTE, size: file.length, method: 'put' })
      await checkUpload(journey, ticket, await fetch(buildPut(ticket, file)), file)
    }
  },

  async 'parts, with new URLs and the state in between'(journey) {
    const ticket = await order<MultipartTicket>(journey, PARTS)
    equal(ticket.partCount, 4)
    equal((await fetch(buildPart(ticket, 2, FILE))).status, 200)
    const state = await ask(journey, '/uploads/state', { session: ticket.session })
    const { parts } = (await state.json()) as { parts: { partNumber: number; size: number }[] }
    deepEqual(
      parts.map(({ partNumber, size }) => [partNumber, size]),
      [[2, 102_400]],
    )
    const request = { session: ticket.session, partNumbers: [1, 3, 4] }
    const window = await ask(journey, '/uploads/parts', request)
    const fresh = { ...ticket, ...((await window.json()) as object) }
    await checkUpload(journey, ticket, await sendParts(fresh), FILE)
  },

  async 'parts that are given up'(journey) {
    const ticket = await order<MultipartTicket>(journey, PARTS)
    equal((await ask(journey, '/uploads/abort', { session: ticket.session })).status, 204)
    equal((await fetch(buildPart(ticket, 1, FILE))).status, 404)
  },

  async 'a lost callback: confirmed by the page, and again'(journey) {
    const ticket = await storeWithoutCallback(journey)
    for (let time = 0; time < 2; time += 1) {
      const confirmed = await ask(journey, '/uploads/confirm', { session: ticket.session })
      await checkUpload(journey, ticket, confirmed, TEXT)
    }
    equal(journey.around.events.at(-1)?.data.via, 'confirm')
  },

  async 'a lost callback and a closed page: found by the sweep'(journey) {
    const ticket = await storeWithoutCallback(journey)
    // OSS's times have whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const headers = {
      authorization: `Bearer ${OPERATOR_TOKEN}`,
      'content-type': 'application/json',
    }
    const body = '{"olderThanSeconds":0}'
    const swept = await fetch(`${journey.url}/operator/sweep`, { method: 'POST', headers, body })
    equal(swept.status, 200, await swept.text())
    const confirmed = await ask(journey, '/uploads/confirm', { session: ticket.session })
    await checkUpload(journey, ticket, confirmed, TEXT)
    const { via, name } = journey.around.events.at(-1)?.data ?? {}
    deepEqual([via, name], ['sweep', NOTE.name])
  },

  async 'forged callbacks are refused'(journey) {
    const send = (authorization: string, keyUrl: string) =>
      fetch(`${journey.url}/callbacks/oss`, {
        method: 'POST',
        headers: {
          authorization,
          'x-oss-pub-key-url': Buffer.from(keyUrl).toString('base64'),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'bucket=examplebucket&object=a&size=1',
      })
    const signature = Buffer.alloc(64, 1).toString('base64')
    for (const [authorization, keyUrl] of [
      ['', ''],
      ['no Base64', CALLBACK_KEY.url],
      [signature, CALLBACK_KEY.url],
      [signature, 'https://attacker.example.com/key.pem'],
    ] as const) {
      match(await readCode(await send(authorization, keyUrl)), /^403 CALLBACK_SIGNATURE$/)
    }
  },

  async 'tokens and sessions of others are refused'(journey) {
    const forged = await createBearer({ now: new Date(), secret: 'x'.repeat(40) })
    const old = await createBearer({ now: new Date(0) })
    for (const token of ['', 'a.b.c', forged, old]) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(NOTE) }
      equal((await fetch(`${journey.url}/uploads`, init)).status, 401)
    }
    const { session } = await order<FormTicket>(journey, NOTE)
    const stolen = await ask(journey, '/uploads/confirm', { session }, 'user-43')
    equal(await readCode(stolen), '403 SESSION_INVALID')
    const bent = `${session.slice(0, -2)}AA`
    equal(
      await readCode(await ask(journey, '/uploads/confirm', { session: bent })),
      '403 SESSION_INVALID',
    )
  },

  async 'a ticket used twice overwrites nothing'(journey) {
    const ticket = await order<FormTicket>(journey, NOTE)
    await checkUpload(journey, ticket, await fetch(buildForm(ticket, TEXT, 'text/plain')), TEXT)
    equal((await fetch(buildForm(ticket, TEXT, 'text/plain'))).status, 409)
  },

  async 'twenty uploads at once'(journey) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const ticket = await order<FormTicket>(journey, NOTE)
        await checkUpload(journey, ticket, await fetch(buildForm(ticket, TEXT, 'text/plain')), TEXT)
      }),
    )
  },

  async 'health, errors and CORS'(journey) {
    const health = (await (await fetch(`${journey.url}/healthz`)).json()) as { status: string }
    equal(health.status, 'ok')
    equal(await readCode(await fetch(`${journey.url}/nothing-here`)), '404 NOT_FOUND')
    const preflight = await fetch(`${journey.url}/uploads`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://www.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    ok(preflight.ok)
    equal(preflight.headers.get('access-control-allow-origin'), 'https://www.example.com')
  },
}
