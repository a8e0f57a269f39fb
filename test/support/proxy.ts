/**
 * A TCP proxy that behaves like a bad network. It reads request heads only to choose what to change:
 * connections without an `Origin` (the service's own calls) pass untouched.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ProxyRules {
  /** Before each direction's bytes are passed on. */
  latencyMs?: number
  /** Towards the server, all connections together. */
  bytesPerSecond?: number
  /** Share of requests (0 … 1) with a body that are cut half-way through it. */
  cutShare?: number
  /** So many of the next requests are cut half-way. */
  cutNext?: number
  /** So many of the next requests whose head matches get no response: it is lost after the server sent it. */
  loseResponses?: { match: string; times: number }
  /** Bytes vanish in both directions; connections stay open. */
  blackHole?: boolean
  /** Connections are closed at once. */
  refuse?: boolean
  /** So many of the next requests with a body get a 503 instead of the server. */
  unavailableNext?: number
  /** Bytes of bodies are changed on their way: so many of the next. */
  corruptNext?: number
}

export interface ProxyStats {
  /** From browsers to the server, heads included. */
  bytesIn: number
  requests: number
  connections: number
  /** The most at the same time with a body on its way. */
  mostAtOnce: number
}

export interface Proxy {
  url: string
  setRules(rules: ProxyRules): void
  /** Since the last call. */
  takeStats(): ProxyStats
  close(): Promise<void>
}

const HEAD = /^(GET|HEAD|PUT|POST|DELETE|OPTIONS) \S+ HTTP\/1\.1\r\n/
const UNAVAILABLE =
  '<?xml version="1.0"?><Error><Code>ServiceUnavailable</Code><Message>Please reduce your request rate.</Message><RequestId>5C3D9175B6FC201293AD0001</RequestId></Error>'

/** A repeatable sequence: the same cuts in each run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const EMPTY: ProxyStats = { bytesIn: 0, requests: 0, connections: 0, mostAtOnce: 0 }

export async function createProxy(targetPort: () => number): Promise<Proxy> {
  const random = createRandom(42)
  const sockets = new Set<Socket>()
  let rules: ProxyRules = {}
  let stats = { ...EMPTY }
  let busy = 0
  let lineFreeAt = 0

  /** When so many bytes have passed the line. */
  async function pass(bytes: number): Promise<void> {
    const { latencyMs = 0, bytesPerSecond } = rules
    const now = performance.now()
    let wait = latencyMs
    if (bytesPerSecond) {
      lineFreeAt = Math.max(lineFreeAt, now) + (1000 * bytes) / bytesPerSecond
      wait += lineFreeAt - now
    }
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    while (rules.blackHole && sockets.size > 0) await new Promise((go) => setTimeout(go, 50))
  }

  function serve(client: Socket): void {
    const server = connect(targetPort(), '127.0.0.1')
    let isBrowser = false
    /** Bytes of the present body still to come; where it is to be cut; whether to spoil it. */
    let left = 0
    let cutAt = -1
    let isSpoilt = false
    let isLost = false
    const end = () => {
      if (left > 0 && isBrowser) busy -= 1
      left = 0
      for (const socket of [client, server]) {
        socket.destroy()
        sockets.delete(socket)
      }
    }
    sockets.add(client)
    sockets.add(server)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', end)
    }
    client.on('close', end)
    // What the server sent before it closed may still be on its way: `back` ends with it.
    server.on('close', () => sockets.delete(server))

    function readHead(chunk: Buffer): 'passed' | 'responded' {
      const text = chunk.toString('latin1')
      const headEnd = text.indexOf('\r\n\r\n')
      const head = text.slice(0, headEnd < 0 ? undefined : headEnd)
      if (!HEAD.test(head)) return 'passed'
      isBrowser = /\r\norigin: /i.test(head)
      if (!isBrowser) return 'passed'
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      const here = headEnd < 0 ? 0 : chunk.length - headEnd - 4
      stats.requests += 1
      const { loseResponses } = rules
      isLost = Boolean(
        loseResponses && loseResponses.times > 0 && head.includes(loseResponses.match),
      )
      if (loseResponses && isLost) loseResponses.times -= 1
      if (length === 0) return 'passed'
      if (rules.unavailableNext) {
        rules.unavailableNext -= 1
        client.end(
          `HTTP/1.1 503 Service Unavailable\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${UNAVAILABLE.length}\r\n\r\n${UNAVAILABLE}`,
        )
        return 'responded'
      }
      left = length - here
      if (left > 0) {
        busy += 1
        stats.mostAtOnce = Math.max(stats.mostAtOnce, busy)
      }
      const isCut = rules.cutNext ? rules.cutNext-- > 0 : random() < (rules.cutShare ?? 0)
      cutAt = isCut ? Math.floor(length / 2) : -1
      isSpoilt = Boolean(rules.corruptNext && rules.corruptNext-- > 0)
      return 'passed'
    }

    async function forward(): Promise<void> {
      for await (const chunk of client as AsyncIterable<Buffer>) {
        if (rules.refuse) return end()
        if (left === 0) {
          if (readHead(chunk) === 'responded') return
        } else {
          left = Math.max(0, left - chunk.length)
          if (left === 0 && isBrowser) busy -= 1
          if (isSpoilt) {
            chunk[0] = (chunk[0] ?? 0) ^ 1
            isSpoilt = false
          }
        }
        if (isBrowser) {
          stats.bytesIn += chunk.length
          if (cutAt >= 0 && left <= cutAt) return end()
          await pass(chunk.length)
        }
        if (!server.write(chunk)) await Promise.race([once(server, 'drain'), once(server, 'close')])
      }
      server.end()
    }

    async function back(): Promise<void> {
      for await (const chunk of server as AsyncIterable<Buffer>) {
        if (isBrowser) await pass(0)
        if (isLost) return end()
        if (!client.write(chunk)) await Promise.race([once(client, 'drain'), once(client, 'close')])
      }
      client.end()
    }

    forward().catch(end)
    back().catch(end)
  }

  const listener = createServer((client) => {
    stats.connections += 1
    if (rules.refuse) client.destroy()
    else serve(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    setRules(next) {
      rules = { ...next }
      lineFreeAt = 0
      if (next.refuse) for (const socket of sockets) socket.destroy()
    },
    takeStats() {
      const taken = stats
      stats = { ...EMPTY }
      return taken
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
