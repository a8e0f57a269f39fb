/** Callbacks at a real Node server, verified by what `oss-upcall/callback` exports. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fromNode, type MessageOptions, verifyCallback } from '../src/callback.ts'
import { toBase64, toUtf8 } from '../src/protocol/bytes.ts'
import { parsePrivateKey, signRsaMd5 } from '../src/protocol/crypto-rsa-private.ts'
import { CALLBACK_KEY } from './support/keys.ts'

const publicKeys = { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }
const BODY = 'object=a%2Fb.png&name=%E7%9B%AE'

type Receive = (request: IncomingMessage) => Promise<string>
let receive: Receive
const server = createServer(async (request, response) => {
  response.end(await receive(request).catch((error: unknown) => String(error)))
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  server.close()
  await once(server, 'close')
})

/** As OSS calls `path`, which a proxy may have changed before the request arrives as `arrives`. */
async function call(path: string, arrives = path): Promise<string> {
  const key = parsePrivateKey(CALLBACK_KEY.privateKey)
  const signed = signRsaMd5(key, toUtf8(`${decodeURIComponent(path)}\n${BODY}`))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${arrives}`, {
    method: 'POST',
    headers: {
      authorization: toBase64(signed),
      'x-oss-pub-key-url': toBase64(CALLBACK_KEY.url),
      connection: 'close',
    },
    body: BODY,
  })
  return response.text()
}

const verify = (options?: MessageOptions): Receive => {
  return async (request) => String(verifyCallback(await fromNode(request, options), { publicKeys }))
}

it('are verified from the stream', async () => {
  receive = verify()
  expect(await call('/oss/%E7%9B%AE')).toBe('true')
  expect(await call('/oss/callbacks', '/other')).toBe('false')
})

it('are verified behind a proxy that changes the path, with the path that OSS was told', async () => {
  receive = verify({ path: '/up/oss' })
  expect(await call('/up/oss', '/oss')).toBe('true')
})

it('are verified from raw bytes that a parser left, and refused with words from parsed ones', async () => {
  const readAll = async (request: IncomingMessage) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    return Buffer.concat(chunks)
  }
  receive = async (request) => {
    Object.assign(request, { body: await readAll(request) })
    return verify()(request)
  }
  expect(await call('/oss')).toBe('true')
  receive = async (request) => {
    const parsed = Object.fromEntries(new URLSearchParams((await readAll(request)).toString()))
    Object.assign(request, { body: parsed })
    return verify()(request)
  }
  expect(await call('/oss')).toMatch(/^TypeError: .*read already/)
})
