/**
 * The HTTP server of the Node service, with the time limits that slow clients meet, and how it stops.
 */
import { createServer, type Server, type ServerOptions } from 'node:http'
import { serve } from '@hono/node-server'

/** Head of a request, from the first byte of the connection, ms. */
const HEADERS_TIMEOUT_MS = 10_000
/** A whole request, head and body, ms. The service itself gives a body 15 s, and responds. */
const REQUEST_TIMEOUT_MS = 30_000
/** An idle connection, ms; longer than the 60 s after which common load balancers close theirs. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000
/** How often the limits are checked, ms. */
const CHECK_INTERVAL_MS = 2000
/** How long requests in flight may take to end, ms; OSS waits 5 s for a callback, and a body has 15 s. */
const STOP_TIMEOUT_MS = 15_000
/** After so long, ms, requests whose body has not come are cut when the server stops. */
const STOP_SLOW_BODY_MS = 5000

export interface NodeServerOptions {
  /** @param remoteAddress of the connection */
  fetch: (request: Request, remoteAddress: string | undefined) => Promise<Response>
  host: string
  /** 0 takes a free one. */
  port: number
  /** Shorter limits, for tests. */
  limits?: Pick<
    ServerOptions,
    'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'connectionsCheckingInterval'
  >
}

/** What the adapter of hono hands over beside the request. */
interface NodeBindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } }
}

export function startServer(
  { fetch, host, port, limits }: NodeServerOptions,
  onListening: (port: number) => void,
): Server {
  const server = serve(
    {
      fetch: (request: Request, env: NodeBindings) =>
        fetch(request, env.incoming?.socket?.remoteAddress),
      hostname: host,
      port,
      createServer,
      serverOptions: {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        ...limits,
      },
    },
    (address) => onListening(address.port),
  )
  return server as Server
}

/**
 * Stops listening at once, ends when the last request that had begun has its response, then closes the rest.
 * Connections without a request are cut: they would keep the process alive. So are requests whose body still has not
 * come after a while: no response was promised to them.
 */
export function stopOn(
  signals: readonly NodeJS.Signals[],
  server: Server,
  close: () => Promise<void>,
): void {
  const inFlight = new Set<{ isComplete: () => boolean; cut: () => void }>()
  let isStopping = false

  function leaveWhenDone(): void {
    if (isStopping && inFlight.size === 0) server.closeAllConnections()
  }
  function cutSlowBodies(): void {
    for (const request of inFlight) if (!request.isComplete()) request.cut()
  }
  function stop(): void {
    isStopping = true
    server.close(() => {
      close().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
    setTimeout(cutSlowBodies, STOP_SLOW_BODY_MS).unref()
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
    leaveWhenDone()
  }

  server.on('request', (request, response) => {
    const entry = { isComplete: () => request.complete, cut: () => void request.destroy() }
    inFlight.add(entry)
    response.once('close', () => {
      inFlight.delete(entry)
      leaveWhenDone()
    })
  })
  for (const signal of signals) process.once(signal, stop)
}
