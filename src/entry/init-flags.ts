/** The options of `upcall init`, and the words of its help. */
import { parseArgs } from 'node:util'
import { UsageError } from './usage.ts'

export const INIT_HELP = `
Usage: upcall init [options]
       upcall init --template <name> [folder]

Asks four questions (each has a flag and a variable), and writes the settings of a service, the CORS rule of its bucket and
the policy of its RAM user. OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET are taken from the environment; secrets are
generated. With --template it writes an application that works: page, upload service, sign-in, database, test.

  --template <name>          worker, next, express-react or nuxt; without a name it asks. Takes --force, nothing else
  --bucket <name>            the bucket                                          (OSS_BUCKET)
  --region <id>              its region, e.g. cn-hangzhou                        (OSS_REGION)
  --public-url <url>         where OSS reaches the service, e.g. https://uploads.example.com  (UPCALL_PUBLIC_URL)
  --origin <origin>          origin of your pages, e.g. https://www.example.com; may be given several times
                                                                                 (UPCALL_ALLOWED_ORIGINS)
  --env-file <file>          variables from a file; may be given several times, a later one wins; those of the process win
  --target <node|worker>     .env for Node, or wrangler.toml and .dev.vars for Cloudflare Workers    (node)
  --webhook <url>            https address that is told of uploads                                   (none)
  --jwks-url <url>           keys of your users' tokens; without it a shared secret is generated
  --jwt-issuer <text>        \`iss\` of these tokens                                                   (the public URL)
  --jwt-audience <text>      \`aud\` of these tokens                                                   (upcall)
  --endpoint <url>           the bucket's own domain
  --local-oss <url>          a running \`upcall emulator\` instead of the real OSS
  --folder <folder>          where the files are written                                             (.)
  --force                    overwrite files
  --no-doctor                do not check the set-up afterwards
  --help                     this text

Exit code: 0 written, and nothing failed; 1 not written, or written and the doctor found something that fails; 2 written,
and the doctor's checks could not run.
`

const text = { type: 'string' } as const
const OPTIONS = {
  template: text,
  bucket: text,
  region: text,
  'public-url': text,
  origin: { type: 'string', multiple: true },
  target: { type: 'string', default: 'node' },
  webhook: text,
  'jwks-url': text,
  'jwt-issuer': text,
  'jwt-audience': text,
  endpoint: text,
  'local-oss': text,
  'env-file': { type: 'string', multiple: true },
  folder: text,
  force: { type: 'boolean', default: false },
  'no-doctor': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** `--template` without a name: the next argument is another option, or there is none. */
function fillTemplate(args: readonly string[]): string[] {
  return args.map((arg, at) => {
    const next = args[at + 1]
    return arg === '--template' && (next === undefined || next.startsWith('-'))
      ? '--template='
      : arg
  })
}

function isDefault(name: string, value: unknown): boolean {
  const option = OPTIONS[name as keyof typeof OPTIONS]
  return 'default' in option && String(option.default) === String(value)
}

/** Options that `--template` takes. */
const OF_TEMPLATES = ['template', 'folder', 'force', 'help']

/** @throws {UsageError} with what to write instead */
export function readFlags(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: fillTemplate(args),
    options: OPTIONS,
    allowPositionals: true,
  })
  if (values.target !== 'node' && values.target !== 'worker') {
    throw new UsageError('--target wants node or worker.')
  }
  const folders = [...positionals, ...(values.folder === undefined ? [] : [values.folder])]
  if (values.template === undefined && positionals.length > 0) {
    throw new UsageError(`init takes no ${positionals[0]}: its options are in upcall init --help.`)
  }
  if (folders.length > 1) throw new UsageError('--template wants one folder.')
  const given = Object.entries(values).filter(([name, value]) => !isDefault(name, value))
  const others = given.map(([name]) => name).filter((name) => !OF_TEMPLATES.includes(name))
  if (values.template !== undefined && others.length > 0) {
    const list = others.map((name) => `--${name}`).join(', ')
    throw new UsageError(`--template goes without ${list}: its settings are made by the starter.`)
  }
  return { ...values, folder: folders[0] ?? '.' }
}
export type Flags = ReturnType<typeof readFlags>
