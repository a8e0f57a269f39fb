/** `upcall put`: a file through the upload service, from a terminal or a script. */
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { PartProgress } from '../oss/multipart.ts'
import type { RetryNotice } from '../oss/service-calls.ts'
import { uploadFile } from '../oss/upload-file.ts'
import { readEnvironment } from './env-files.ts'
import { UsageError } from './usage.ts'

export const PUT_HELP = `
Usage: upcall put <file> --profile <name> [options]

Uploads a file as a page would: by a ticket of the service, with the user's bearer token. Prints what the application
responded, as JSON.

  --profile <name>           the service's rules for this kind of upload
  --endpoint <url>           the service                                         (UPCALL_PUBLIC_URL)
  --name <text>              file name, as the user sees it                      (that of the file)
  --type <media type>        e.g. image/png                                      (by name and first bytes)
  --var <name=value>         data of the application; may be given several times
  --env-file <file>          variables from a file; may be given several times; those of the process win
  --quiet                    no progress, no word of what is tried again
  UPCALL_TOKEN               in the environment: the bearer token
`

const BAR_CHARS = 30
/** Without a terminal: a line for so much, percent. */
const LINE_STEP = 10

function parseVars(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError('--var wants a name and a value, e.g. --var album=summer.')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** A bar that is drawn over itself on a terminal, else a line for each tenth. */
export function createProgressPrinter(
  write: (text: string) => void,
  isTerminal: boolean,
): (progress: PartProgress) => void {
  let shown = -1
  return ({ loaded, total = loaded }) => {
    const percent = total === 0 ? 100 : Math.floor((100 * loaded) / total)
    if (isTerminal) {
      const full = Math.round((BAR_CHARS * percent) / 100)
      const end = percent === 100 ? '\n' : ''
      write(`\r[${'#'.repeat(full)}${' '.repeat(BAR_CHARS - full)}] ${percent} %${end}`)
      return
    }
    const step = Math.floor(percent / LINE_STEP)
    if (step === shown) return
    shown = step
    write(`${step * LINE_STEP} %\n`)
  }
}

/** What is waited for, and how long, e.g. `127.0.0.1:9 did not respond. Trying again in 0.6 s (1 of 5).` */
export function createRetryPrinter(
  write: (text: string) => void,
  isTerminal: boolean,
): (notice: RetryNotice) => void {
  return ({ error, waitMs, retry, maxRetries }) => {
    const seconds = Math.max(0.1, waitMs / 1000).toFixed(1)
    // On a terminal a bar may be there: the line is written over it.
    const start = isTerminal ? '\r\x1b[K' : ''
    write(`${start}${error.message} Trying again in ${seconds} s (${retry} of ${maxRetries}).\n`)
  }
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new UsageError(`There is no file ${path}, or it may not be read.`)
  if (!found.isFile()) throw new UsageError(`${path} is no file; put uploads one file.`)
}

export async function runPut(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      profile: { type: 'string' },
      endpoint: { type: 'string' },
      name: { type: 'string' },
      type: { type: 'string' },
      var: { type: 'string', multiple: true, default: [] },
      'env-file': { type: 'string', multiple: true, default: [] },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(PUT_HELP)
    return
  }
  const env = readEnvironment(values['env-file'], process.env)
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError('put wants one file.')
  if (!values.profile) throw new UsageError('--profile is missing: name a profile of the service.')
  const endpoint = values.endpoint ?? env.UPCALL_PUBLIC_URL ?? ''
  if (endpoint === '') {
    throw new UsageError(
      '--endpoint is missing: set it to the address of the service, or UPCALL_PUBLIC_URL.',
    )
  }
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError('--endpoint wants an address such as https://uploads.example.com.')
  }
  const { UPCALL_TOKEN: token } = env
  if (!token)
    throw new UsageError('UPCALL_TOKEN is missing: set it to the bearer token of the user.')
  const isTerminal = process.stderr.isTTY === true
  // The standard output has nothing but the JSON.
  const write = (text: string) => void process.stderr.write(text)
  const vars = parseVars(values.var)
  await checkFile(path)
  const result = await uploadFile(path, {
    endpoint,
    profile: values.profile,
    headers: { authorization: `Bearer ${token}` },
    name: values.name,
    type: values.type,
    ...(Object.keys(vars).length > 0 && { vars }),
    ...(!values.quiet && {
      onProgress: createProgressPrinter(write, isTerminal),
      onRetry: createRetryPrinter(write, isTerminal),
    }),
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
