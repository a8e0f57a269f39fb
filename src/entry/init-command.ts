/**
 * `upcall init`: four questions, or flags, and the files that a service needs: `.env` (or `wrangler.toml` and `.dev.vars`),
 * the CORS rule of the bucket, the policy of its RAM user. Nothing is overwritten without `--force`, and nothing is written
 * when a file is in the way or a value is wrong.
 * Over 200 lines: the flags, what they become and what is said next are read together.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Profile } from '../signer/profile.ts'
import { readConfig } from './config.ts'
import { type DoctorResult, runDoctorCommand } from './doctor/command.ts'
import { type Environment, readEnvironment } from './env-files.ts'
import { type Flags, INIT_HELP, readFlags } from './init-flags.ts'
import { readLocalOss } from './local-oss-settings.ts'
import {
  buildCorsJson,
  buildCorsXml,
  buildEnvFile,
  buildRamPolicy,
  buildWranglerToml,
} from './setup-files.ts'
import { runTemplate } from './starter.ts'
import { UsageError } from './usage.ts'

/** The four questions. */
const QUESTIONS = {
  bucket: 'Bucket: ',
  region: 'Region (e.g. cn-hangzhou): ',
  'public-url': 'Where OSS reaches the service (e.g. https://uploads.example.com): ',
  origin: 'Origins of your pages, separated by commas (e.g. https://www.example.com): ',
} as const
type Question = keyof typeof QUESTIONS
/** Variables that say it, too. */
const VARIABLES: Readonly<Record<Question, string>> = {
  bucket: 'OSS_BUCKET',
  region: 'OSS_REGION',
  'public-url': 'UPCALL_PUBLIC_URL',
  origin: 'UPCALL_ALLOWED_ORIGINS',
}

/** Images, films, PDF and texts of any user; each under a name of its own that nobody can guess. */
const PROFILES: Readonly<Record<string, Profile>> = {
  files: {
    key: 'files/{sub}/{id}.{ext}',
    types: ['image/*', 'video/mp4', 'application/pdf', 'text/plain'],
    maxSize: 1_000_000_000,
  },
}
const SECRETS = [
  'OSS_ACCESS_KEY_ID',
  'OSS_ACCESS_KEY_SECRET',
  'UPCALL_SECRET',
  'UPCALL_JWT_SECRET',
  'UPCALL_WEBHOOK_SECRETS',
  'UPCALL_OPERATOR_TOKEN',
]
/** Of keys that somebody still has to fill in: the other settings are checked with these. */
const UNKNOWN = 'fill-in-fill-in'

const NOT_STARTED = `
Checked now, before the service and the application run: what fails below because nothing responds at the public URL or at
the webhook's address will pass once they do.
`

export interface InitPorts {
  env: Readonly<Record<string, string | undefined>>
  fetch: typeof fetch
  /** Asks the person at the terminal; absent where there is none. */
  ask?: ((question: string) => Promise<string>) | undefined
  print(text: string): void
  /** `upcall doctor` with these options. */
  runDoctor(args: string[]): Promise<DoctorResult>
}

type Answers = Record<Question, string>

/** What no flag and no variable says is asked; without a terminal all that is missing is said at once. */
async function collectAnswers(
  flags: Flags,
  env: Environment,
  ask: InitPorts['ask'],
): Promise<Answers> {
  const names = Object.keys(QUESTIONS) as Question[]
  const said = { ...flags, origin: flags.origin?.join(',') }
  const given = Object.fromEntries(names.map((name) => [name, said[name] ?? env[VARIABLES[name]]]))
  const missing = names.filter((name) => !given[name])
  if (missing.length > 0 && !ask) {
    const list = missing.map((name) => `--${name}`).join(', ')
    throw new UsageError(`There is no terminal to ask at: give ${list}. See upcall init --help.`)
  }
  const answers: Answers = { bucket: '', region: '', 'public-url': '', origin: '' }
  for (const name of names) {
    answers[name] = (given[name] ?? (await ask?.(QUESTIONS[name])) ?? '').trim()
  }
  return answers
}

const makeSecret = () => randomBytes(48).toString('base64')

function chooseTokens(flags: Flags, publicUrl: string): Environment {
  return {
    ...(flags['jwks-url']
      ? { UPCALL_JWKS_URL: flags['jwks-url'] }
      : { UPCALL_JWT_SECRET: makeSecret() }),
    UPCALL_JWT_ISSUER: flags['jwt-issuer'] ?? publicUrl,
    UPCALL_JWT_AUDIENCE: flags['jwt-audience'] ?? 'upcall',
  }
}

function chooseWebhook(url: string | undefined): Environment {
  if (!url) return { UPCALL_WEBHOOK_URL: 'none' }
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  return { UPCALL_WEBHOOK_URL: url, UPCALL_WEBHOOK_SECRETS: secret }
}

async function buildSettings(flags: Flags, ports: InitPorts): Promise<Environment> {
  const { fetch, ask } = ports
  const env = readEnvironment(flags['env-file'] ?? [], ports.env)
  const answers = await collectAnswers(flags, env, ask)
  // Those that `upcall emulator` has when it is told of no other.
  const [localId = '', localSecret = ''] = flags['local-oss'] ? ['ak', 'sk'] : []
  const publicUrl = answers['public-url']
  return {
    OSS_BUCKET: answers.bucket,
    OSS_REGION: answers.region,
    ...(flags.endpoint && { OSS_ENDPOINT: flags.endpoint }),
    ...(flags['local-oss'] && (await readLocalOss(flags['local-oss'], fetch))),
    OSS_ACCESS_KEY_ID: env.OSS_ACCESS_KEY_ID ?? localId,
    OSS_ACCESS_KEY_SECRET: env.OSS_ACCESS_KEY_SECRET ?? localSecret,
    UPCALL_SECRET: makeSecret(),
    UPCALL_PUBLIC_URL: publicUrl,
    UPCALL_PROFILES: JSON.stringify(PROFILES),
    UPCALL_ALLOWED_ORIGINS: answers.origin,
    ...chooseTokens(flags, publicUrl),
    ...chooseWebhook(flags.webhook),
    UPCALL_OPERATOR_TOKEN: makeSecret(),
  }
}

/** @throws {ConfigError} as the service would at its start, but for keys that are still to be filled in */
function checkSettings(settings: Environment): void {
  const { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret } = settings
  readConfig({
    ...settings,
    OSS_ACCESS_KEY_ID: id || UNKNOWN,
    OSS_ACCESS_KEY_SECRET: secret || UNKNOWN,
  })
}

interface SetupFile {
  name: string
  text: string
  isSecret?: boolean
}

function listFiles(target: Flags['target'], settings: Environment): SetupFile[] {
  const origins = (settings.UPCALL_ALLOWED_ORIGINS ?? '').split(',').map((one) => one.trim())
  const isSecret = ([name]: [string, string]) => SECRETS.includes(name)
  const entries = Object.entries(settings)
  const secrets = Object.fromEntries(entries.filter(isSecret))
  const vars = Object.fromEntries(entries.filter((entry) => !isSecret(entry)))
  const main: SetupFile[] =
    target === 'node'
      ? [{ name: '.env', text: buildEnvFile('Settings of upcall serve', settings), isSecret: true }]
      : [
          { name: 'wrangler.toml', text: buildWranglerToml(vars, Object.keys(secrets)) },
          {
            name: '.dev.vars',
            text: buildEnvFile('Secrets of wrangler dev', secrets),
            isSecret: true,
          },
        ]
  return [
    ...main,
    { name: 'oss-cors.xml', text: buildCorsXml(origins) },
    { name: 'oss-cors.json', text: buildCorsJson(origins) },
    { name: 'ram-policy.json', text: buildRamPolicy(settings.OSS_BUCKET ?? '', PROFILES) },
  ]
}

function writeFiles(files: readonly SetupFile[], { folder, force }: Flags): void {
  const inTheWay = files.filter(({ name }) => existsSync(join(folder, name)))
  if (inTheWay.length > 0 && !force) {
    const names = inTheWay.map(({ name }) => name).join(', ')
    throw new UsageError(
      `There are ${names} already, and nothing was written: remove them, give another --folder, or --force.`,
    )
  }
  mkdirSync(folder, { recursive: true })
  for (const { name, text: content, isSecret } of files) {
    const path = join(folder, name)
    writeFileSync(path, content, { flag: force ? 'w' : 'wx', mode: isSecret ? 0o600 : 0o644 })
    // The mode of a file that was there stays as it was.
    if (isSecret) chmodSync(path, 0o600)
  }
}

function describeNext(flags: Flags, settings: Environment): string {
  const { OSS_BUCKET: bucket, OSS_ACCESS_KEY_ID: id } = settings
  const place = flags.target === 'node' ? '.env' : '.dev.vars'
  const steps = flags['local-oss']
    ? []
    : [
        'Give a RAM user the policy in ram-policy.json, and nothing else.',
        ...(id
          ? []
          : [`Fill OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET of that user into ${place}.`]),
        `Set the CORS rule: ossutil cors --method put oss://${bucket} oss-cors.xml, or in the console.`,
      ]
  steps.push(
    ...(flags.target === 'node'
      ? ['Start it: upcall serve --env-file .env', 'Check it: upcall doctor --env-file .env']
      : [
          'Try it: npx wrangler dev. Then the secrets that wrangler.toml names, and npx wrangler deploy.',
          'Check it: npx upcall doctor, with the same names in a file for --env-file.',
        ]),
  )
  return steps.map((step, at) => `  ${at + 1}. ${step}\n`).join('')
}

/** What it cannot check it says, and that is no failure of what was written. @returns the exit code */
async function checkWritten({ folder }: Flags, { print, runDoctor }: InitPorts): Promise<number> {
  try {
    const { output, exitCode } = await runDoctor(['--env-file', join(folder, '.env')])
    print(`\n${output}`)
    return exitCode
  } catch (error) {
    print(`\nThe doctor could not run: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

/**
 * @returns the exit code, as the help says
 * @throws {UsageError | ConfigError} before anything is written
 */
export async function runInit(args: string[], ports: InitPorts): Promise<number> {
  const flags = readFlags(args)
  if (flags.help) {
    ports.print(INIT_HELP)
    return 0
  }
  if (flags.template !== undefined) {
    await runTemplate(flags.template, flags, ports)
    return 0
  }
  const settings = await buildSettings(flags, ports)
  checkSettings(settings)
  const files = listFiles(flags.target, settings)
  writeFiles(files, flags)
  const list = files.map(({ name, isSecret }) => `  ${name}${isSecret ? ' (holds secrets)' : ''}\n`)
  ports.print(
    `Written into ${flags.folder}:\n${list.join('')}\nNext:\n${describeNext(flags, settings)}`,
  )
  if (flags['no-doctor'] || flags.target === 'worker') return 0
  ports.print(NOT_STARTED)
  return checkWritten(flags, ports)
}

export async function runInitCommand(args: string[]): Promise<void> {
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stdout })
    : undefined
  try {
    process.exitCode = await runInit(args, {
      env: process.env,
      fetch,
      ask: terminal && ((question) => terminal.question(question)),
      print: (words) => void process.stdout.write(words),
      runDoctor: (doctorArgs) => runDoctorCommand(doctorArgs, process.env),
    })
  } finally {
    terminal?.close()
  }
}
