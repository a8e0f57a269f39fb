/**
 * What an attack is, and the scene that it is tried in: the whole service in front of the local OSS. Every row of the
 * tables beside this file is run on Node and in workerd, and listed in docs/security.md.
 */
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { parsePrivateKey, signRsaMd5 } from '../../src/protocol/crypto-rsa-private.ts'
import type { ServiceOptions } from '../../src/service/create-service.ts'
import type {
  FormTicket,
  MultipartTicket,
  PutTicket,
  UploadRequest,
} from '../../src/signer/ticket.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import {
  buildBytes,
  buildForm,
  buildPut,
  createServiceWithEmulator,
  type ServiceWithEmulator,
} from '../support/service-with-emulator.ts'
import { CALLBACK_PATH, PROFILES } from '../support/service-with-stub-oss.ts'

/**
 * `page`: whoever controls a page of a signed-in user. `user`: a signed-in user with tools of their own. `stranger`: anyone
 * on the network. `tenant`: another customer of OSS, who can make OSS sign callbacks with any body.
 */
export type Attacker = 'page' | 'user' | 'stranger' | 'tenant'

export interface Attack {
  /** Stable, e.g. `token-none`. */
  id: string
  who: Attacker
  /** What is tried, as half a sentence. */
  tries: string
  /** Status and code, e.g. `403 SEAL_INVALID`; of OSS, with `OSS` before it; or what is true instead of the harm. */
  meets: string
  settings?: Partial<ServiceOptions>
  /** @returns what it met, in the words of `meets` */
  run(scene: Scene): Promise<string>
}

export const OPERATOR_TOKEN = 'PLANTED-operator-token-of-32-characters'

/** 5 bytes that are no image. */
export const FILE: Uint8Array<ArrayBuffer> = new TextEncoder().encode('hello')
export const OTHER_FILE: Uint8Array<ArrayBuffer> = new TextEncoder().encode('HELLO')
export const LARGE_FILE = buildBytes(250_000)

export const IMAGE: UploadRequest = {
  profile: 'avatar',
  name: 'me.png',
  type: 'image/png',
  size: FILE.length,
  vars: { album: 'a' },
}
export const PARTS: UploadRequest = {
  profile: 'any',
  name: 'a.mp4',
  type: 'video/mp4',
  size: LARGE_FILE.length,
  method: 'multipart',
  partSize: 102_400,
}

export interface Scene extends ServiceWithEmulator {
  /** Every text that the service sent or logged. */
  texts: string[]
  /** Receipts that the application may have: of uploads that were rightful. */
  rightful: number
  /** Asks the service with these headers and this body. @returns status and code */
  request(path: string, init: RequestInit): Promise<string>
  /** `POST` with JSON as `user-42` or another. @returns status and code */
  post(path: string, body: unknown, subject?: string): Promise<string>
  /** Sends to OSS. @returns `OSS`, status and code */
  send(request: Request): Promise<string>
  orderForm(request?: Partial<UploadRequest>): Promise<FormTicket>
  orderPut(request?: Partial<UploadRequest>): Promise<PutTicket>
  orderParts(): Promise<MultipartTicket>
  /** A rightful upload by a form. @returns its ticket */
  upload(request?: Partial<UploadRequest>): Promise<FormTicket>
  /** A callback with this body, signed as OSS signs. @returns status and code */
  callBack(body: string | URLSearchParams, more?: CallbackChange): Promise<string>
  /** The fields that OSS would send for the upload of this ticket. */
  listFacts(ticket: FormTicket): Record<string, string>
}

export interface CallbackChange {
  /** Instead of the pinned one. */
  keyUrl?: string
  privateKey?: string
  /** What is signed, where it is not what is sent. */
  signedPath?: string
  signedBody?: string
  query?: string
  headers?: Record<string, string>
}

/** Tokens, sessions and seals; and what follows the `?` of a URL. */
export const CONFIDENTIAL = /eyJ[\w-]{20,}|[?&][\w.-]{1,40}=/

/** What every response of the service has, and what no refusal has. */
function checkResponse({ status, headers }: Response, text: string): void {
  const name = `A response with status ${status}`
  if (headers.get('x-content-type-options') !== 'nosniff')
    throw new Error(`${name} may be sniffed.`)
  if (headers.get('cache-control') !== 'no-store' && text !== '') {
    throw new Error(`${name} may be stored by caches.`)
  }
  if (status >= 400 && CONFIDENTIAL.test(text)) {
    throw new Error(`${name} has a token or a query string.`)
  }
}

async function describe(response: Response, texts: string[]): Promise<string> {
  const text = await response.text()
  checkResponse(response, text)
  texts.push(text, JSON.stringify([...response.headers]))
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? ''
  return `${response.status} ${code}`.trim()
}

export function createScene(settings: Partial<ServiceOptions> = {}): Scene {
  const setup = createServiceWithEmulator({
    profiles: {
      ...PROFILES,
      open: { key: 'open/{sub}.{ext}', types: ['*'], maxSize: 1000, allowOverwrite: true },
    },
    operatorToken: OPERATOR_TOKEN,
    allowedOrigins: ['https://www.example.com'],
    ...settings,
  })
  const texts: string[] = []
  const scene: Scene = {
    ...setup,
    texts,
    rightful: 0,
    async request(path, init) {
      const request = new Request(`https://api.example.com${path}`, init)
      return describe(await setup.service.fetch(request), texts)
    },
    async post(path, body, subject) {
      return describe(await setup.ask(path, body, subject), texts)
    },
    async send(request) {
      const response = await setup.oss.fetch(request)
      const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? ''
      return `OSS ${response.status} ${code}`.trim()
    },
    orderForm: (request) => setup.order<FormTicket>({ ...IMAGE, ...request }),
    orderPut: (request) => setup.order<PutTicket>({ ...IMAGE, method: 'put', ...request }),
    orderParts: () => setup.order<MultipartTicket>(PARTS),
    async upload(request) {
      const ticket = await scene.orderForm(request)
      const met = await scene.send(buildForm(ticket, FILE))
      if (met !== 'OSS 200') throw new Error(`The rightful upload met ${met}.`)
      scene.rightful += 1
      return ticket
    },
    callBack(body, { keyUrl, privateKey, signedPath, signedBody, query = '', headers } = {}) {
      const path = signedPath ?? decodeURIComponent(CALLBACK_PATH) + query
      const signed = toUtf8(`${path}\n${signedBody ?? body}`)
      const key = parsePrivateKey(privateKey ?? CALLBACK_KEY.privateKey)
      return scene.request(`/callbacks/oss${query}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: toBase64(signRsaMd5(key, signed)),
          'x-oss-pub-key-url': toBase64(keyUrl ?? CALLBACK_KEY.url),
          'x-oss-signature-version': '1.0',
          ...headers,
        },
        body: String(body),
      })
    },
    listFacts: (ticket) => ({
      bucket: 'examplebucket',
      object: ticket.key,
      etag: '5D41402ABC4B2A76B9719D911017C592',
      size: String(FILE.length),
      type: 'image/png',
      crc64: '11',
      contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
      clientIp: '203.0.113.7',
      reqId: '5C3D9175B6FC201293AD0001',
      operation: 'PostObject',
      name: 'me.png',
      'x:album': 'a',
      seal: ticket.fields['x:seal'] ?? '',
    }),
  }
  return scene
}

/** A ticket with one field, header or part of the URL changed. */
export function changeForm(
  ticket: FormTicket,
  changes: Record<string, string | undefined>,
): Request {
  const fields = { ...ticket.fields }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete fields[name]
    else fields[name] = value
  }
  return buildForm({ ...ticket, fields }, FILE)
}

export function changePut(
  ticket: PutTicket,
  {
    headers = {},
    url = () => {},
  }: { headers?: Record<string, string | undefined>; url?: (url: URL) => void },
): Request {
  const address = new URL(ticket.url)
  url(address)
  const all = Object.entries({ ...ticket.headers, ...headers })
  const kept = all.filter((pair): pair is [string, string] => pair[1] !== undefined)
  return buildPut({ ...ticket, url: address.href, headers: Object.fromEntries(kept) }, FILE)
}
