/** `upcall serve`: the service on Node, from the package as from a checkout (`npm start`). */
import { parseArgs } from 'node:util'
import { OutboxError } from '../service/delivery/outbox.ts'
import { ConfigError } from '../service/errors.ts'
import { type Environment, readEnvironment } from './env-files.ts'
import { startNode } from './start-node.ts'
import { FAILURE } from './usage.ts'

export const SERVE_HELP = `
Usage: upcall serve [options]

The service: issues tickets, verifies callbacks, delivers events. Settings are environment variables (docs/settings.md has
all; upcall init writes them); any secret may stand in a file instead, e.g. UPCALL_SECRET_FILE=/run/secrets/upcall.

  --env-file <file>          variables from a file; may be given several times, a later one wins; those of the process win
  --host <address>           address to listen on                                (HOST, 127.0.0.1)
  --port <number>            port to listen on; 0 takes a free one               (PORT, 8787)
  --help                     this text
`

/** Who has a file and did not name it. */
const NO_SETTINGS = 'Settings in a file: upcall serve --env-file .env; upcall init writes one.'

function readServeEnvironment(values: {
  'env-file': string[]
  host?: string | undefined
  port?: string | undefined
}): Environment {
  const env = readEnvironment(values['env-file'], process.env)
  if (values.host !== undefined) env.HOST = values.host
  if (values.port !== undefined) env.PORT = values.port
  return env
}

/** Prints what is wrong with the settings, and ends the process. */
export async function runServe(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'env-file': { type: 'string', multiple: true, default: [] },
      host: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(SERVE_HELP)
    return
  }
  try {
    await startNode(readServeEnvironment(values))
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof OutboxError)) throw error
    console.error(error.message)
    if (error instanceof ConfigError && values['env-file'].length === 0 && !process.env.OSS_BUCKET)
      console.error(NO_SETTINGS)
    process.exit(FAILURE)
  }
}
