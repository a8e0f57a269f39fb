/**
 * Node: `npm start`. Settings from the environment, the client from `dist/browser`.
 */
import { serve } from '@hono/node-server'
import { createService } from '../service/create-service.ts'
import { ConfigError } from '../service/errors.ts'
import { readClientFiles } from './client-files.ts'
import { readConfig } from './config.ts'

/** How long requests in flight may take to end, ms; OSS waits 5 s for a callback, and no call of ours takes longer. */
const STOP_TIMEOUT_MS = 15_000

function start(): void {
  const { host, port, ...settings } = readConfig(process.env)
  const service = createService({ ...settings, assets: readClientFiles() })
  const server = serve({ fetch: service.fetch, hostname: host, port }, (address) => {
    console.log(`upcall listens on http://${host}:${address.port}`)
  })

  function stop(): void {
    server.close(() => process.exit(0))
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  start()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exit(1)
}
