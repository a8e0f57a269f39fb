/**
 * Connections reset while a refresh is under way, in bare workerd: without a proxy in front, which would keep the
 * request alive.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleWorker, type RunningWorkerd, startWorkerd } from '../bench/workerd.ts'
import { ACCESS_KEY, JWT_AUDIENCE, JWT_ISSUER } from '../support/keys.ts'

const SLOW_MS = 600
/** How long a request may take that meets a cut one: taking over, then the slow server, with time to spare. */
const LIMIT_MS = 5000

const BODY = JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 })

let folder: string
let slow: Server
let workerd: RunningWorkerd
let token: string
const asked: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-reset-'))
  const pair = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }
  token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(JWT_ISSUER)
    .setAudience(JWT_AUDIENCE)
    .setSubject('user-42')
    .setExpirationTime('1h')
    .sign(pair.privateKey)
  const bodies: Record<string, object> = {
    '/keys': { keys: [jwk] },
    '/credentials': { ...ACCESS_KEY, expiration: new Date(Date.now() + 3_600_000) },
  }
  slow = createServer(({ url = '' }, response) => {
    asked.push(url)
    setTimeout(() => response.end(JSON.stringify(bodies[url] ?? {})), SLOW_MS)
  })
  await once(slow.listen(0, '127.0.0.1'), 'listening')
  const address = slow.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const code = await bundleWorker('../signer/reset.worker.ts')
  workerd = await startWorkerd(folder, [{ code, env: { SLOW: `http://127.0.0.1:${port}` } }])
}, 60_000)

afterAll(async () => {
  await workerd?.stop()
  slow?.closeAllConnections()
  slow?.close()
  rmSync(folder, { recursive: true, force: true })
})

function buildHead(path: string): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: api.example.com',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${BODY.length}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${BODY}`
}

/** Sends a request, waits until the slow server was asked for `path`, and resets the connection. */
async function sendAndReset(path: string, slowPath: string): Promise<void> {
  const before = asked.filter((url) => url === slowPath).length
  const socket: Socket = connect(workerd.ports[0] ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(buildHead(path))
  while (asked.filter((url) => url === slowPath).length === before) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  socket.resetAndDestroy()
  await once(socket, 'close')
}

/** Status, or `hangs`. */
async function ask(path: string): Promise<number | 'hangs'> {
  const message = request({
    port: workerd.ports[0],
    host: '127.0.0.1',
    path,
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  message.end(BODY)
  const timeout = new Promise<'hangs'>((resolve) => setTimeout(resolve, LIMIT_MS, 'hangs'))
  const response = once(message, 'response').then(([incoming]: IncomingMessage[]) => {
    incoming?.resume()
    return incoming?.statusCode ?? 0
  })
  try {
    return await Promise.race([response, timeout])
  } catch {
    return 0
  } finally {
    message.destroy()
  }
}

describe('a connection that is reset while its request does work for all', () => {
  it('blocks every later request in workerd when the promise is simply shared', async () => {
    await sendAndReset('/naive', '/naive')
    const results = await Promise.all([ask('/naive'), ask('/naive')])
    expect(results.every((result) => result === 'hangs' || result === 500)).toBe(true)
  }, 20_000)

  it('delays the others only, while keys and while credentials are fetched', async () => {
    await sendAndReset('/uploads', '/keys')
    await sendAndReset('/uploads', '/credentials')
    const waiting = Array.from({ length: 20 }, () => ask('/uploads'))
    await sendAndReset('/uploads', '/credentials')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([201]))
    expect(await ask('/uploads')).toBe(201)
    expect(asked.filter((url) => url === '/keys').length).toBeLessThanOrEqual(3)
    expect(asked.filter((url) => url === '/credentials').length).toBeLessThanOrEqual(5)
  }, 30_000)
})
