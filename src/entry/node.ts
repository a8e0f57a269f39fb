/**
 * Node: `npm start`. Settings from the environment, the client from `dist/browser`.
 */
import { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createService } from '../service/create-service.ts'
import { ConfigError } from '../service/errors.ts'
import { readClientFiles } from './client-files.ts'
import { readConfig } from './config.ts'
import { handleTogether } from './handle-together.ts'

/** How long requests in flight may take to end, ms; OSS waits 5 s for a callback, and no call of ours takes longer. */
const STOP_TIMEOUT_MS = 15_000

/**
 * Stops listening at once, and leaves when the last request that had begun is answered. Connections without one are
 * cut then: kept alive or never used, they would hold the process up.
 */
function stopOn(signals: readonly NodeJS.Signals[], server: Server): void {
  let inFlight = 0
  let isStopping = false

  function leaveWhenDone(): void {
    if (isStopping && inFlight === 0) server.closeAllConnections()
  }
  function stop(): void {
    isStopping = true
    server.close(() => process.exit(0))
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
    leaveWhenDone()
  }

  server.on('request', (_, response) => {
    inFlight += 1
    response.once('close', () => {
      inFlight -= 1
      leaveWhenDone()
    })
  })
  for (const signal of signals) process.once(signal, stop)
}

function start(): void {
  const { host, port, ...settings } = readConfig(process.env)
  const service = createService({ ...settings, assets: readClientFiles() })
  const fetch = handleTogether(service.fetch)
  const server = serve({ fetch, hostname: host, port }, (address) => {
    console.log(`upcall listens on http://${host}:${address.port}`)
  })
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(`upcall cannot listen on ${host}:${port} (${error.code}); set HOST and PORT.`)
    process.exit(1)
  })
  if (server instanceof Server) stopOn(['SIGTERM', 'SIGINT'], server)
}

try {
  start()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exit(1)
}
