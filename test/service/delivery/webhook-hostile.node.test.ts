/**
 * The webhook against servers that misbehave, on real sockets with the platform's own `fetch`. Every attempt must end
 * within its time limit, with bounded memory, and with words.
 */
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DeliveryError } from '../../../src/service/delivery/outbox.ts'
import { createWebhook } from '../../../src/service/delivery/webhook.ts'
import { createAttempt, FACTS, RECEIPT, SECRET, SOURCE } from '../../support/webhook-samples.ts'

/** Of an attempt in these tests. */
const LIMIT_MS = 400
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A server that gets the whole request and then does with the socket what it likes. */
async function startRaw(behave: (socket: Socket) => void) {
  const bodies: string[] = []
  const port = await listen(
    createServer((socket) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
        if (!text.endsWith('}}')) return
        bodies.push(text.slice(text.indexOf('\r\n\r\n') + 4))
        text = ''
        behave(socket)
      })
    }),
  )
  return { url: `http://127.0.0.1:${port}/hook?token=PLANTED`, bodies }
}

async function startHttp(respond: RequestListener) {
  const port = await listen(createHttpServer(respond))
  return `http://127.0.0.1:${port}/hook?token=PLANTED`
}

/** How one attempt ends: the JSON text, or the error. */
async function attempt(
  url: string,
): Promise<{ text?: string; error?: DeliveryError; tookMs: number }> {
  const deliver = createWebhook({ url, secrets: [SECRET], source: SOURCE })
  const startedAt = performance.now()
  const signal = AbortSignal.timeout(LIMIT_MS)
  try {
    const text = await deliver(RECEIPT, createAttempt({ signal }))
    return { text, tookMs: performance.now() - startedAt }
  } catch (thrown) {
    const error = thrown as DeliveryError
    expect(error).toMatchObject({ name: 'DeliveryError' })
    expect(error.message).not.toMatch(/PLANTED|\/hook|token/)
    return { error, tookMs: performance.now() - startedAt }
  }
}

const TIME_LIMIT = /did not respond within the time limit/
const CLOSED = /could not be reached: it (closed|reset) the connection/

describe('a hostile webhook', () => {
  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['never responds', () => {}, TIME_LIMIT],
    ['stops within the head', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-'), TIME_LIMIT],
    [
      'stops within the body',
      (socket) => socket.write(`${HEAD}content-length: 10\r\n\r\n{"a"`),
      TIME_LIMIT,
    ],
    [
      'drips a byte every 20 ms for ever',
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
        const timer = setInterval(() => socket.write('1\r\n \r\n'), 20)
        socket.on('close', () => clearInterval(timer))
      },
      TIME_LIMIT,
    ],
    ['resets after its effect', (socket) => socket.resetAndDestroy(), CLOSED],
    ['closes after its effect', (socket) => socket.end(), CLOSED],
    [
      'resets within the body',
      (socket) => {
        socket.write(`${HEAD}content-length: 10\r\n\r\n{"a"`, () => socket.resetAndDestroy())
      },
      CLOSED,
    ],
    [
      'closes within the body',
      (socket) => socket.end(`${HEAD}content-length: 10\r\n\r\n{"a"`),
      CLOSED,
    ],
    [
      'closes within a chunk',
      (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"a`),
      CLOSED,
    ],
    [
      'does not speak HTTP',
      (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      /\(HTTPParserError\)/,
    ],
    [
      'sends headers without end',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        for (let at = 0; at < 1000; at += 1) socket.write(`x-${at}: ${'a'.repeat(1000)}\r\n`)
      },
      /too many headers|closed the connection/,
    ],
    [
      'informs again and again',
      (socket) => {
        for (let at = 0; at < 100; at += 1) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      },
      /could not be reached|time limit/,
    ],
  ])('that %s fails in time', async (_, behave, words) => {
    const { url, bodies } = await startRaw(behave)
    const { error, tookMs } = await attempt(url)
    expect(error?.code).toBe('DELIVERY_FAILED')
    expect(error?.message).toMatch(words)
    expect(tookMs).toBeLessThan(LIMIT_MS + 300)
    expect(bodies.length).toBe(1)
  })

  it('is not followed to another place', async () => {
    let followed = 0
    const target = await startHttp((_, response) => {
      followed += 1
      response.end('{}')
    })
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await startHttp((_, response) => {
        response.writeHead(status, { location: target }).end()
      })
      const { error } = await attempt(url)
      expect(error?.message).toContain(`responded ${status}; redirects are not followed`)
    }
    expect(followed).toBe(0)
  })

  it.each([
    ['a body without end', {}, Buffer.alloc(64 * 1024, 'x')],
    // Each member is 1 MiB of zeros in about 1 KB.
    ['a gzip bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 * 1024 * 1024))],
  ])('that sends %s is read up to the limit', async (_, headers, piece) => {
    let sentBytes = 0
    const url = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers })
      const send = () => {
        while (!response.destroyed && sentBytes < 512 * 1024 * 1024) {
          sentBytes += piece.length
          if (!response.write(piece)) return
        }
      }
      response.on('drain', send)
      send()
    })
    const before = process.memoryUsage().rss
    const { error, tookMs } = await attempt(url)
    expect(error).toMatchObject({ code: 'DELIVERY_RESPONSE' })
    expect(error?.message).toContain('1000000 bytes or more')
    expect(tookMs).toBeLessThan(LIMIT_MS)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
  })

  it('that breaks off its compression fails', async () => {
    const url = await startHttp((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"a":1}')
    })
    expect((await attempt(url)).error?.code).toBe('DELIVERY_FAILED')
  })

  it('that sends a page with 200 fails, and says why', async () => {
    const url = await startHttp((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>')
    })
    expect((await attempt(url)).error?.message).toContain('a page, not an endpoint?')
  })

  it('whose name resolves to nothing fails with words', async () => {
    const { error } = await attempt('https://nothing.invalid/hook?token=PLANTED')
    expect(error?.code).toBe('DELIVERY_FAILED')
    expect(error?.message).toMatch(
      /^The webhook at nothing\.invalid could not be reached: its host name (does not resolve|cannot be resolved)/,
    )
  })

  it('where nothing listens fails with words', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
      }),
    )
    const { error } = await attempt(`http://127.0.0.1:${port}/hook?token=PLANTED`)
    expect(error?.message).toContain('nothing listens there (ECONNREFUSED)')
  })

  it('that speaks no TLS fails with words', async () => {
    const url = await startHttp((_, response) => response.end('{}'))
    const { error } = await attempt(url.replace('http:', 'https:'))
    expect(error?.message).toContain('it does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)')
  })

  it('that cuts an idle keep-alive connection gets the next attempt on a new one', async () => {
    let connections = 0
    const { url, bodies } = await startRaw((socket) => {
      connections += 1
      socket.write(`${HEAD}connection: keep-alive\r\ncontent-length: 2\r\n\r\n{}`, () =>
        setTimeout(() => socket.destroy(), 10),
      )
    })
    expect((await attempt(url)).text).toBe('{}')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await attempt(url)).text).toBe('{}')
    expect([connections, new Set(bodies).size]).toEqual([2, 1])
  })

  it('is delivered to once it behaves: the same bytes, attempt after attempt', async () => {
    let runs = 0
    const { url, bodies } = await startRaw((socket) => {
      runs += 1
      if (runs < 3) socket.resetAndDestroy()
      else socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
    const results = []
    for (let number = 1; number <= 3; number += 1) results.push(await attempt(url))
    expect(results.map(({ error }) => error?.code)).toEqual([
      'DELIVERY_FAILED',
      'DELIVERY_FAILED',
      undefined,
    ])
    expect(JSON.parse(results[2]?.text ?? '')).toEqual(FACTS)
    expect(new Set(bodies).size).toBe(1)
  })
})
