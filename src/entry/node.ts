/**
 * Entry point for Node: `npm start`. Settings from the environment, the client from `dist/browser`, receipts recorded on
 * this machine or in Redis or PostgreSQL.
 */
import { readFile } from 'node:fs/promises'
import { createDeliver, createService } from '../service/create-service.ts'
import { OutboxError } from '../service/delivery/outbox.ts'
import { ConfigError } from '../service/errors.ts'
import { createHeaderAddress, createSocketAddresses } from './client-address.ts'
import { readClientFiles } from './client-files.ts'
import { readConfig } from './config.ts'
import { handleTogether } from './handle-together.ts'
import { openOutbox } from './node-outbox.ts'
import { openRateLimiters } from './node-rate-limiters.ts'
import { startServer, stopOn } from './node-server.ts'
import { startSweeps } from './sweep-timer.ts'

async function start(): Promise<void> {
  const {
    host,
    port,
    dataFolder,
    redisUrl,
    postgresUrl,
    sweepSeconds,
    sweepOlderThanSeconds,
    clientAddressFrom,
    ...settings
  } = readConfig(process.env, { readTextFile: (path) => readFile(path, 'utf8') })
  const deliver = createDeliver(settings)
  const outbox = await openOutbox({ dataFolder, redisUrl, postgresUrl }, deliver)
  for (const problem of await outbox.problems()) console.error(`upcall: ${problem}`)
  const limiters = await openRateLimiters(redisUrl, settings.rateLimits)
  const sockets = createSocketAddresses()
  const isSocketTrusted = clientAddressFrom === 'socket'
  const service = createService({
    ...settings,
    outbox,
    rateLimiters: limiters.rateLimiters,
    clientAddress:
      clientAddressFrom === undefined || isSocketTrusted
        ? sockets.find
        : createHeaderAddress(clientAddressFrom),
    assets: readClientFiles(),
  })
  const handle = handleTogether(service.fetch)
  const server = startServer(
    {
      fetch(request, remoteAddress) {
        if (isSocketTrusted) sockets.note(request, remoteAddress)
        return handle(request)
      },
      host,
      port,
    },
    (actualPort) => console.log(`upcall listens on http://${host}:${actualPort}`),
  )
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(`upcall cannot listen on ${host}:${port} (${error.code}); set HOST and PORT.`)
    process.exit(1)
  })
  const stopSweeps = startSweeps(service, {
    seconds: sweepSeconds,
    olderThanSeconds: sweepOlderThanSeconds,
    report: (report) => console.error(JSON.stringify({ level: 'info', code: 'SWEEP', ...report })),
  })
  async function close(): Promise<void> {
    stopSweeps()
    limiters.close()
    await service.close()
  }
  stopOn(['SIGTERM', 'SIGINT'], server, close)
}

try {
  await start()
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof OutboxError)) throw error
  console.error(error.message)
  process.exit(1)
}
