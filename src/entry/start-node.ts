/**
 * The service on Node: its outbox on this machine or in Redis or PostgreSQL, the client from `dist/browser`, sweeps, metrics,
 * and an end that loses nothing.
 */
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createDeliver, createService } from '../service/create-service.ts'
import { createHeaderAddress, createSocketAddresses } from './client-address.ts'
import { readClientFiles } from './client-files.ts'
import { readConfig } from './config.ts'
import type { Environment } from './env-files.ts'
import { handleTogether } from './handle-together.ts'
import { openOutbox } from './node-outbox.ts'
import { openRateLimiters } from './node-rate-limiters.ts'
import { startServer, stopOn } from './node-server.ts'
import { openObservability } from './open-observability.ts'
import { startSweeps } from './sweep-timer.ts'

function exitOnError(server: Server, address: string, settings: string): void {
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(`upcall cannot listen on ${address} (${error.code}); set ${settings}.`)
    process.exit(1)
  })
}

/** @throws {ConfigError | OutboxError} before anything listens */
export async function startNode(env: Environment): Promise<void> {
  const {
    host,
    port,
    dataFolder,
    redisUrl,
    postgresUrl,
    sweepSeconds,
    sweepOlderThanSeconds,
    clientAddressFrom,
    metricsToken,
    metricsPort,
    tracingBy,
    ...settings
  } = readConfig(env, { readTextFile: (path) => readFile(path, 'utf8') })
  const observability = await openObservability({ metricsToken, metricsPort, tracingBy })
  const { observer, tracing, metrics } = observability
  const deliver = createDeliver({ ...settings, observer, tracing })
  const outbox = await openOutbox({ dataFolder, redisUrl, postgresUrl }, deliver)
  observability.watchOutbox(outbox)
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
    observer,
    tracing,
    metrics,
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
  exitOnError(server, `${host}:${port}`, 'HOST and PORT')
  const metricsServer = observability.listen(host, (actualPort) =>
    console.log(`upcall shows its metrics on http://${host}:${actualPort}/metrics`),
  )
  if (metricsServer) exitOnError(metricsServer, `${host}:${metricsPort}`, 'UPCALL_METRICS_PORT')
  const stopSweeps = startSweeps(service, {
    seconds: sweepSeconds,
    olderThanSeconds: sweepOlderThanSeconds,
    report(report) {
      observability.noteSweep(report)
      console.error(JSON.stringify({ level: 'info', code: 'SWEEP', ...report }))
    },
  })
  async function close(): Promise<void> {
    stopSweeps()
    metricsServer?.closeAllConnections()
    metricsServer?.close()
    limiters.close()
    await service.close()
  }
  stopOn(['SIGTERM', 'SIGINT'], server, close)
}
