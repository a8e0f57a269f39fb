/**
 * Entry point for Node: `npm start`. Settings from the environment, the client from `dist/browser`, receipts recorded on
 * this machine or in Redis or PostgreSQL.
 */
import { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createDeliver, createService } from '../service/create-service.ts'
import { OutboxError } from '../service/delivery/outbox.ts'
import { ConfigError } from '../service/errors.ts'
import { readClientFiles } from './client-files.ts'
import { readConfig } from './config.ts'
import { handleTogether } from './handle-together.ts'
import { openOutbox } from './node-outbox.ts'
import { startSweeps } from './sweep-timer.ts'

/** How long requests in flight may take to end, ms; OSS waits 5 s for a callback, and no call of ours takes longer. */
const STOP_TIMEOUT_MS = 15_000

/**
 * Stops listening at once, ends when the last request that had begun has its response, then closes the outbox.
 * Connections without a request are cut: they would keep the process alive.
 */
function stopOn(
  signals: readonly NodeJS.Signals[],
  server: Server,
  close: () => Promise<void>,
): void {
  let inFlight = 0
  let isStopping = false

  function leaveWhenDone(): void {
    if (isStopping && inFlight === 0) server.closeAllConnections()
  }
  function stop(): void {
    isStopping = true
    server.close(() => {
      close().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
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

async function start(): Promise<void> {
  const { host, port, dataFolder, redisUrl, postgresUrl, sweepSeconds, ...settings } = readConfig(
    process.env,
  )
  const deliver = createDeliver(settings)
  const outbox = await openOutbox({ dataFolder, redisUrl, postgresUrl }, deliver)
  for (const problem of await outbox.problems()) console.error(`upcall: ${problem}`)
  const service = createService({ ...settings, outbox, assets: readClientFiles() })
  const server = serve(
    { fetch: handleTogether(service.fetch), hostname: host, port },
    (address) => {
      console.log(`upcall listens on http://${host}:${address.port}`)
    },
  )
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(`upcall cannot listen on ${host}:${port} (${error.code}); set HOST and PORT.`)
    process.exit(1)
  })
  const stopSweeps = startSweeps(service, {
    seconds: sweepSeconds,
    report: (report) => console.error(JSON.stringify({ level: 'info', code: 'SWEEP', ...report })),
  })
  async function close(): Promise<void> {
    stopSweeps()
    await service.close()
  }
  if (server instanceof Server) stopOn(['SIGTERM', 'SIGINT'], server, close)
}

try {
  await start()
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof OutboxError)) throw error
  console.error(error.message)
  process.exit(1)
}
