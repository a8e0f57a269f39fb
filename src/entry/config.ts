/**
 * The environment → the settings of a service. All issues at once, each naming its variable; no value is quoted.
 * Over 200 lines: each kind of variable has its reader.
 */
import { CredentialsError } from '../credentials/errors.ts'
import { buildSessionPolicy } from '../credentials/session-policy.ts'
import type { Addressing } from '../protocol/address.ts'
import type { AuthOptions } from '../service/auth.ts'
import type { BeforeWebhookSettings } from '../service/before-webhook.ts'
import type { ReceiptHandler } from '../service/delivery/deliver.ts'
import { SWEEP_WINDOW_SECONDS } from '../service/delivery/sweep.ts'
import type { WebhookSettings } from '../service/delivery/webhook-settings.ts'
import { ConfigError } from '../service/errors.ts'
import type { OwnAuthenticate } from '../service/own-authenticate.ts'
import { checkAllSettings, type SettingNames, type Settings } from '../service/settings.ts'
import type { CredentialsProvider } from '../signer/credentials.ts'
import type { Profile } from '../signer/profile.ts'
import {
  type CredentialsChoice,
  chooseCredentials,
  type ReadTextFile,
} from './environment-credentials.ts'
import { type ObservabilityConfig, readObservability } from './observability-config.ts'

export interface Config extends Omit<Settings, 'accessLog'>, ObservabilityConfig {
  auth: AuthOptions
  /** Node only. @default '127.0.0.1' */
  host: string
  /** Node only; 0 takes a free one. @default 8787 */
  port: number
  /** Node only: `socket`, or the header in which a trusted proxy tells it. @default not known */
  clientAddressFrom?: string | undefined
  /** Node only: folder of the outbox on SQLite. @default './data' */
  dataFolder: string
  /** Node only: the outbox on BullMQ instead, for several machines. */
  redisUrl?: string | undefined
  postgresUrl?: string | undefined
  /** Node only: seconds between sweeps; 0: none. @default 300 (5 min) */
  sweepSeconds: number
  /** Node only: its sweeps leave younger objects to their callbacks, seconds. @default 120 (2 min) */
  sweepOlderThanSeconds: number
}

/** What a program brings itself: the variables for it are not needed, and not read. */
export interface OwnParts {
  /** Instead of `UPCALL_PROFILES`. */
  profiles?: Record<string, Profile> | undefined
  /** Instead of `UPCALL_JWT_…` and `UPCALL_JWKS_URL`. */
  authenticate?: OwnAuthenticate | undefined
  /** Instead of `UPCALL_WEBHOOK_URL`. */
  onReceipt?: ReceiptHandler | undefined
}

interface ReadOptions {
  /** For tokens in files, where there are files. */
  readTextFile?: ReadTextFile
}

type ConfigWith<O> = Omit<Config, 'auth' | keyof O> & { auth?: AuthOptions | undefined } & O

const VARIABLES: SettingNames = {
  bucket: 'OSS_BUCKET',
  region: 'OSS_REGION',
  endpoint: 'OSS_ENDPOINT',
  internalEndpoint: 'OSS_INTERNAL_ENDPOINT',
  addressing: 'OSS_ADDRESSING',
  accessKeyId: 'OSS_ACCESS_KEY_ID',
  accessKeySecret: 'OSS_ACCESS_KEY_SECRET',
  secret: 'UPCALL_SECRET',
  deployment: 'UPCALL_DEPLOYMENT',
  publicUrl: 'UPCALL_PUBLIC_URL',
  basePath: 'UPCALL_BASE_PATH',
  profiles: 'UPCALL_PROFILES',
  // Never named: beside a program's own `authenticate` no variable of tokens is read.
  auth: 'UPCALL_JWT_SECRET',
  jwtSecret: 'UPCALL_JWT_SECRET',
  jwksUrl: 'UPCALL_JWKS_URL',
  jwtIssuer: 'UPCALL_JWT_ISSUER',
  jwtAudience: 'UPCALL_JWT_AUDIENCE',
  allowedOrigins: 'UPCALL_ALLOWED_ORIGINS',
  rateSubject: 'UPCALL_RATE_SUBJECT',
  rateAddress: 'UPCALL_RATE_ADDRESS',
  webhookUrl: 'UPCALL_WEBHOOK_URL',
  webhookSecrets: 'UPCALL_WEBHOOK_SECRETS',
  beforeUrl: 'UPCALL_BEFORE_URL',
  beforeSecrets: 'UPCALL_WEBHOOK_SECRETS',
  beforeTimeoutMs: 'UPCALL_BEFORE_TIMEOUT_MS',
  operatorToken: 'UPCALL_OPERATOR_TOKEN',
  accessLog: 'UPCALL_ACCESS_LOG',
  callbackKeys: 'UPCALL_CALLBACK_KEYS',
}

type Env = Readonly<Record<string, unknown>>

/** Blank counts as missing: an empty line in a settings file means that nothing was set. */
function readText(env: Env, name: string): string | undefined {
  const value = env[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function readJson(env: Env, name: string, issues: string[]): unknown {
  // `[vars]` of a Worker may hold JSON as such.
  const value = env[name]
  if (typeof value === 'object' && value !== null) return value
  const text = readText(env, name)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    issues.push(`${name} is not JSON.`)
    return undefined
  }
}

function readAuth(env: Env): AuthOptions {
  const issuer = readText(env, VARIABLES.jwtIssuer) ?? ''
  const audience = readText(env, VARIABLES.jwtAudience) ?? ''
  const secret = readText(env, VARIABLES.jwtSecret)?.split(/\s+/)
  const jwksUrl = readText(env, VARIABLES.jwksUrl)
  // Both or neither stay as they are: the check of the settings reports it.
  return {
    issuer,
    audience,
    ...(secret !== undefined && { secret }),
    ...(jwksUrl !== undefined && { jwksUrl }),
  } as AuthOptions
}

/** `none` says on purpose that nobody is told. */
const NO_WEBHOOK = 'none'

function readList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function needsReceiver(profiles: unknown): boolean {
  if (typeof profiles !== 'object' || profiles === null) return false
  return Object.values(profiles).some((profile: unknown) => {
    return typeof profile === 'object' && profile !== null && !('callback' in profile)
  })
}

function readWebhook(env: Env, profiles: unknown, issues: string[]): WebhookSettings | undefined {
  const url = readText(env, VARIABLES.webhookUrl)
  const secrets = readList(readText(env, VARIABLES.webhookSecrets))
  if (url === NO_WEBHOOK) return undefined
  if (url !== undefined) return { url, secrets }
  const isForBefore = readText(env, VARIABLES.beforeUrl) !== undefined
  if ((secrets.length > 0 && !isForBefore) || needsReceiver(profiles)) {
    issues.push(
      `${VARIABLES.webhookUrl} is missing: no application would learn of an upload; set it to the https address that takes its events, or to ${NO_WEBHOOK} when nobody shall be told.`,
    )
  }
  return undefined
}

/** Signed with the same secrets as the events of uploads. */
function readBeforeWebhook(env: Env): BeforeWebhookSettings | undefined {
  const url = readText(env, VARIABLES.beforeUrl)
  if (url === undefined) return undefined
  const timeoutMs = readLimit(env, VARIABLES.beforeTimeoutMs)
  return { url, secrets: readList(readText(env, VARIABLES.webhookSecrets)), timeoutMs }
}

/** Sweeps look no further back than their window: more than this would sweep nothing, or lose what it should find. */
const MAX_SECONDS = SWEEP_WINDOW_SECONDS - 1

function readSeconds(env: Env, name: string, fallback: number, issues: string[]): number {
  const text = readText(env, name)
  if (text === undefined) return fallback
  if (/^\d{1,6}$/.test(text) && Number(text) <= MAX_SECONDS) return Number(text)
  issues.push(`${name} must be a whole number of seconds, from 0 to ${MAX_SECONDS}.`)
  return fallback
}

function readLimit(env: Env, name: string): number | undefined {
  const text = readText(env, name)
  return text === undefined ? undefined : Number(text)
}

function readClientAddress(env: Env, issues: string[]): string | undefined {
  const from = readText(env, 'UPCALL_CLIENT_ADDRESS')
  if (from !== undefined && !/^[\w-]{1,64}$/.test(from)) {
    issues.push('UPCALL_CLIENT_ADDRESS must be socket, or the name of a header of your own proxy.')
  }
  return from
}

function readPort(env: Env, issues: string[]): number {
  const port = Number(readText(env, 'PORT') ?? '8787')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    issues.push('PORT must be a number from 0 to 65535.')
  }
  return port
}

/** Stands in until all settings are checked. */
const notOpened: CredentialsProvider = async () => {
  throw new CredentialsError('SETTING', 'The credentials are not opened.')
}

/** @param settings without issues */
function openCredentials(
  choice: Extract<CredentialsChoice, { kind: 'expiring' }>,
  { bucket, profiles }: Settings,
  issues: string[],
): CredentialsProvider | undefined {
  try {
    return choice.create(choice.withPolicy ? buildSessionPolicy(bucket, profiles) : '')
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error
    issues.push(`The variables ALIBABA_CLOUD_… cannot be used: ${error.message}`)
    return undefined
  }
}

/**
 * Reads everything there is to set.
 *
 * @param options.own what the program brings itself; it is in the result, too
 * @throws {ConfigError} with all issues at once
 */
export function readConfig(env: Env, options?: ReadOptions): Config
export function readConfig<O extends OwnParts>(
  env: Env,
  options: ReadOptions & { own: O },
): ConfigWith<O>
export function readConfig(
  env: Env,
  { readTextFile, own = {} }: ReadOptions & { own?: OwnParts } = {},
): ConfigWith<OwnParts> {
  const issues: string[] = []
  const profiles = own.profiles ?? readJson(env, VARIABLES.profiles, issues)
  const callbackKeys = readJson(env, VARIABLES.callbackKeys, issues)
  const choice = chooseCredentials((name) => readText(env, name), readTextFile, issues)
  const config = {
    bucket: readText(env, VARIABLES.bucket) ?? '',
    region: readText(env, VARIABLES.region) ?? '',
    endpoint: readText(env, VARIABLES.endpoint),
    internalEndpoint: readText(env, VARIABLES.internalEndpoint),
    addressing: readText(env, VARIABLES.addressing) as Addressing | undefined,
    credentials: choice.kind === 'fixed' ? choice.credentials : notOpened,
    // White space separates several, of which the first signs.
    secret: (readText(env, VARIABLES.secret) ?? '').split(/\s+/),
    deployment: readText(env, VARIABLES.deployment),
    publicUrl: readText(env, VARIABLES.publicUrl) ?? '',
    basePath: readText(env, VARIABLES.basePath),
    auth: own.authenticate ? undefined : readAuth(env),
    webhook: own.onReceipt ? undefined : readWebhook(env, profiles, issues),
    beforeWebhook: readBeforeWebhook(env),
    operatorToken: readText(env, VARIABLES.operatorToken),
    ...readObservability((name) => readText(env, name), issues),
    rateLimits: {
      subjectPerMinute: readLimit(env, VARIABLES.rateSubject),
      addressPerMinute: readLimit(env, VARIABLES.rateAddress),
    },
    clientAddressFrom: readClientAddress(env, issues),
    allowedOrigins: readList(readText(env, VARIABLES.allowedOrigins)),
    callbackKeys: callbackKeys as Record<string, string> | undefined,
    host: readText(env, 'HOST') ?? '127.0.0.1',
    port: readPort(env, issues),
    dataFolder: readText(env, 'UPCALL_DATA') ?? './data',
    redisUrl: readText(env, 'UPCALL_REDIS_URL'),
    postgresUrl: readText(env, 'UPCALL_POSTGRES_URL'),
    sweepSeconds: readSeconds(env, 'UPCALL_SWEEP_SECONDS', 300, issues),
    sweepOlderThanSeconds: readSeconds(env, 'UPCALL_SWEEP_OLDER_THAN_SECONDS', 120, issues),
    ...own,
    profiles: profiles as Record<string, Profile>,
  }
  if (config.redisUrl !== undefined && config.postgresUrl !== undefined) {
    issues.push('UPCALL_REDIS_URL and UPCALL_POSTGRES_URL exclude each other; keep one.')
  }
  issues.push(...checkAllSettings(config, VARIABLES).issues)
  if (issues.length === 0 && choice.kind === 'expiring') {
    config.credentials = openCredentials(choice, config, issues) ?? notOpened
  }
  if (issues.length > 0) throw new ConfigError(issues)
  return config
}
