/** `upcall dead list`, `upcall dead replay`, `upcall sweep`: ask a running service through its operator's routes. */
import { parseArgs } from 'node:util'
import { readEnvironment } from './env-files.ts'

export const OPERATOR_HELP = `
Usage: upcall dead list [--after <cursor>] | upcall dead replay <event id> | upcall sweep [--older-than <seconds>]

Ask a running service about deliveries that were given up, deliver one again, or look through the bucket now.

  --url <address>            the service                                         (UPCALL_PUBLIC_URL)
  --env-file <file>          variables from a file; may be given several times; those of the process win
  UPCALL_OPERATOR_TOKEN      in the environment: the operator's token of the service
`

/** How long the service may take, ms; a sweep of a large bucket takes minutes. */
const TIMEOUT_MS = 600_000

interface Asked {
  url: string | undefined
  token: string | undefined
}

/** @throws {Error} with words for the operator */
async function ask({ url, token }: Asked, path: string, body?: object): Promise<string> {
  if (!url || !URL.canParse(url)) {
    throw new Error('--url is missing: set it to the address of the service, or UPCALL_PUBLIC_URL.')
  }
  if (!token) throw new Error("UPCALL_OPERATOR_TOKEN is missing: set it to the service's token.")
  let response: Response
  try {
    response = await fetch(`${url.replace(/\/$/, '')}/operator${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    throw new Error('The service cannot be reached, or did not respond in time.', { cause })
  }
  const text = await response.text()
  if (response.ok) return text
  let words = `HTTP ${response.status}`
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string } }
    words = `${error.code}: ${error.message}`
  } catch {
    // Not the service's own response: a proxy, or another address.
  }
  throw new Error(`The service refused (${words}).`)
}

function printDead(text: string): string {
  const { entries, next } = JSON.parse(text) as {
    entries: { eventId: string; event: string; attempts: number; deadAt: string; error: string }[]
    next?: string
  }
  if (entries.length === 0) return 'No delivery is dead.\n'
  const lines = entries.map(
    ({ eventId, event, attempts, deadAt, error }) =>
      `${deadAt}  ${eventId}  ${event}, ${attempts} attempts: ${error}`,
  )
  if (next !== undefined) lines.push(`More: upcall dead list --after ${next}`)
  return `${lines.join('\n')}\n`
}

/** @returns the text to print. @throws {Error} with words for the operator */
export async function runOperatorCommand(
  command: 'dead' | 'sweep',
  args: string[],
  own: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      'env-file': { type: 'string', multiple: true, default: [] },
      after: { type: 'string' },
      'older-than': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return OPERATOR_HELP
  const env = readEnvironment(values['env-file'], own)
  const asked = { url: values.url ?? env.UPCALL_PUBLIC_URL, token: env.UPCALL_OPERATOR_TOKEN }
  if (command === 'sweep') {
    const seconds = values['older-than']
    if (seconds !== undefined && !/^\d{1,9}$/.test(seconds)) {
      throw new Error('--older-than wants a whole number of seconds.')
    }
    const body = seconds === undefined ? {} : { olderThanSeconds: Number(seconds) }
    return `${await ask(asked, '/sweep', body)}\n`
  }
  const [verb, eventId] = positionals
  if (verb === 'list') {
    const after = values.after === undefined ? '' : `?after=${encodeURIComponent(values.after)}`
    return printDead(await ask(asked, `/dead${after}`))
  }
  if (verb === 'replay' && eventId) {
    await ask(asked, '/dead/replay', { eventId })
    return `${eventId} is due again; the service delivers it now.\n`
  }
  throw new Error('upcall dead wants list, or replay and an event id; try: upcall dead --help')
}
