/** The messages of real sockets; bodies and refusals are in `listen.node.test.ts`. */
import { createServer, type IncomingMessage, request as requestHttp } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { EmulatorRequest } from '../../../src/emulator/http/message.ts'
import { sendReply, toEmulatorRequest } from '../../../src/emulator/node/messages.ts'

/** Sends a request and gives what the emulator would see of it. */
async function exchange(headers: Record<string, string | string[]>, declared?: number) {
  let seen: EmulatorRequest | undefined
  const server = createServer(async (incoming, outgoing) => {
    seen = toEmulatorRequest(incoming, declared, () => {})
    await sendReply(
      { status: 200, headers: { 'x-name': '中' }, body: 'ok' },
      incoming,
      outgoing,
      false,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = requestHttp({ port, path: '/b/../a?x=%zz', headers, agent: false }, resolve)
    sent.on('error', reject)
    sent.end()
  })
  response.resume()
  return { seen, response }
}

it('a request has its raw target, equal headers joined, and names that objects have too', async () => {
  const headers = {
    'x-a': ['1', '2'],
    constructor: 'c',
    'x-utf8': Buffer.from('中').toString('latin1'),
  }
  const { seen, response } = await exchange(headers)
  expect(seen).toMatchObject({ method: 'GET', target: '/b/../a?x=%zz', body: null, secure: false })
  expect(seen?.remoteAddress).toBe('127.0.0.1')
  expect({ ...seen?.headers }).toMatchObject({ 'x-a': '1,2', constructor: 'c', 'x-utf8': '中' })
  expect(seen?.headers.toString).toBeUndefined()
  expect(Buffer.from(String(response.headers['x-name']), 'latin1').toString()).toBe('中')
})

it('a declared length that is not among the headers is added to them', async () => {
  const { seen } = await exchange({}, 7)
  expect(seen?.headers['content-length']).toBe('7')
})
