/**
 * The settings of a service, checked all together, so that an operator sees every issue at once.
 * An issue names its setting and what to do; it never quotes a value. Over 200 lines: one check for each setting.
 */
import { type Addressing, checkBucket, checkRegion, parseEndpoint } from '../protocol/address.ts'
import { toUtf8 } from '../protocol/bytes.ts'
import { parsePublicKey } from '../protocol/crypto.ts'
import type { Credentials } from '../protocol/signing-key.ts'
import type { CredentialsProvider } from '../signer/credentials.ts'
import type { Profile, ReadyProfile } from '../signer/profile.ts'
import { ACCESS_LOG_FIELDS, type AccessLogSettings } from './access-log.ts'
import type { AuthOptions } from './auth.ts'
import type { BeforeWebhookSettings } from './before-webhook.ts'
import { findBasePathIssues, findDirectIssues, findPublicUrlIssues } from './callback-url.ts'
import { checkWebhookSettings, type WebhookSettings } from './delivery/webhook-settings.ts'
import { ConfigError } from './errors.ts'
import { findHookIssues, type Hooks } from './hook-settings.ts'
import { MIN_OPERATOR_TOKEN_CHARS } from './operator-token.ts'
import { readProfiles } from './profiles.ts'
import type { RateLimits } from './rate-guard.ts'
import { isSafeUrl, LOOPBACK, parseUrl } from './safe-url.ts'

export interface Settings {
  bucket: string
  /** Region id of the bucket, without `oss-`. */
  region: string
  /** Where browsers reach OSS: a custom domain, or an IP address in tests. @default the region's public endpoint */
  endpoint?: string | undefined
  /** Where the service itself reaches OSS. @default `endpoint` */
  internalEndpoint?: string | undefined
  /** @default `cname` for a domain of the bucket's own, `path` for an IP address or localhost, else `virtual` */
  addressing?: Addressing | undefined
  /** Fixed keys, or a function that returns keys which expire. */
  credentials: Credentials | CredentialsProvider
  /** Of sessions and seals: at least 32 bytes, the same on all instances. Of several, the first signs and all verify. */
  secret: string | readonly string[]
  /** Name of this service among those with the same secret and bucket; sessions of others are refused. @default 'default' */
  deployment?: string | undefined
  /** Where OSS reaches this service, with the path it is mounted under. */
  publicUrl: string
  /** Where the service is mounted, when requests arrive with that path. @default the path of `publicUrl` */
  basePath?: string | undefined
  /** Who may upload what, by name. */
  profiles: Record<string, Profile>
  /** How the users' bearer tokens are verified. Needed unless `authenticate` is given. */
  auth?: AuthOptions | undefined
  /** Origins of pages that may ask for uploads, or `*`. @default none but the service's own */
  allowedOrigins?: readonly string[] | undefined
  /** Requests a minute of a subject and of an address. */
  rateLimits?: RateLimits | undefined
  /** Where receipts are sent, unless the program gives a handler of its own. */
  webhook?: WebhookSettings | undefined
  /** Asked before each ticket; the program may give `onBeforeUpload` instead. */
  beforeWebhook?: BeforeWebhookSettings | undefined
  /** One line of JSON a request; what it may name of users. @default no such lines */
  accessLog?: AccessLogSettings | undefined
  /** Bearer token of the operator's routes, at least 32 characters. @default these routes do not exist */
  operatorToken?: string | undefined
  /** Callback keys by URL instead of the pinned one of OSS: for tests and a local OSS only. */
  callbackKeys?: Readonly<Record<string, string>> | undefined
}

/** What each setting is called where it was set. */
export type SettingNames = Readonly<Record<SettingName, string>>
type SettingName =
  | Exclude<keyof Settings, 'beforeWebhook' | 'credentials' | 'rateLimits' | 'webhook'>
  | 'accessKeyId'
  | 'accessKeySecret'
  | 'jwtSecret'
  | 'webhookUrl'
  | 'webhookSecrets'
  | 'beforeUrl'
  | 'beforeSecrets'
  | 'beforeTimeoutMs'
  | 'jwksUrl'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'rateSubject'
  | 'rateAddress'

const OPTION_NAMES: SettingNames = {
  bucket: 'bucket',
  region: 'region',
  endpoint: 'endpoint',
  internalEndpoint: 'internalEndpoint',
  addressing: 'addressing',
  accessKeyId: 'credentials.accessKeyId',
  accessKeySecret: 'credentials.accessKeySecret',
  secret: 'secret',
  deployment: 'deployment',
  publicUrl: 'publicUrl',
  basePath: 'basePath',
  profiles: 'profiles',
  auth: 'auth',
  jwtSecret: 'auth.secret',
  jwksUrl: 'auth.jwksUrl',
  jwtIssuer: 'auth.issuer',
  jwtAudience: 'auth.audience',
  rateSubject: 'rateLimits.subjectPerMinute',
  rateAddress: 'rateLimits.addressPerMinute',
  allowedOrigins: 'allowedOrigins',
  webhookUrl: 'webhook.url',
  webhookSecrets: 'webhook.secrets',
  beforeUrl: 'beforeWebhook.url',
  beforeSecrets: 'beforeWebhook.secrets',
  beforeTimeoutMs: 'beforeWebhook.timeoutMs',
  operatorToken: 'operatorToken',
  accessLog: 'accessLog.include',
  callbackKeys: 'callbackKeys',
}

const MIN_SECRET_BYTES = 32
const MAKE_SECRET = 'make one with `openssl rand -base64 48`'

function passes(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

type Issue = readonly [name: SettingName, text: string]

function* findOssIssues(settings: Settings): Generator<Issue> {
  const { bucket, region, endpoint, internalEndpoint, addressing, credentials } = settings
  if (!bucket) yield ['bucket', 'is missing; set it to the name of the bucket']
  else if (!passes(() => checkBucket(bucket))) {
    yield ['bucket', 'is no bucket name: 3 to 63 of a-z, 0-9 and inner hyphens']
  }
  if (!region) yield ['region', "is missing; set it to the bucket's region, e.g. cn-hangzhou"]
  else if (!passes(() => checkRegion(region))) {
    yield ['region', 'is no region id; write cn-hangzhou, not oss-cn-hangzhou or a host name']
  }
  for (const [name, text] of [
    ['endpoint', endpoint],
    ['internalEndpoint', internalEndpoint],
  ] as const) {
    if (text && !(/^https?:\/\//.test(text) && passes(() => parseEndpoint(text)))) {
      yield [name, 'must be https:// (or http://) and a host, without path, query or user']
    }
  }
  if (addressing && !['virtual', 'path', 'cname'].includes(addressing)) {
    yield ['addressing', 'must be virtual, path or cname; leave it out to have it chosen']
  }
  if (typeof credentials === 'function') return
  if (!credentials?.accessKeyId) yield ['accessKeyId', 'is missing; set it to the AccessKey id']
  if (!credentials?.accessKeySecret) {
    yield ['accessKeySecret', 'is missing; set it to the AccessKey secret, as a secret']
  }
}

function* findSecretIssues(name: SettingName, secret: string | undefined): Generator<Issue> {
  if (!secret) yield [name, `is missing; ${MAKE_SECRET}`]
  else if (toUtf8(secret).length < MIN_SECRET_BYTES) {
    yield [name, `is shorter than ${MIN_SECRET_BYTES} bytes; ${MAKE_SECRET}`]
  }
}

function* findSecretsIssues(
  name: SettingName,
  secret: Settings['secret'] | undefined,
): Generator<Issue> {
  const secrets = [secret ?? ''].flat()
  if (secrets.length === 0) yield* findSecretIssues(name, undefined)
  for (const one of secrets) yield* findSecretIssues(name, one)
}

function* findDeploymentIssues(deployment: string | undefined): Generator<Issue> {
  if (deployment !== undefined && !/^[\w.-]{1,64}$/.test(deployment)) {
    yield ['deployment', 'must be 1 to 64 of letters, digits, _ . -']
  }
}

function* findAuthIssues(auth: AuthOptions | undefined, names: SettingNames): Generator<Issue> {
  const { secret, jwksUrl } = { secret: undefined, jwksUrl: undefined, ...auth }
  if (secret && jwksUrl) {
    yield ['jwtSecret', `and ${names.jwksUrl} exclude each other; keep the one that signs tokens`]
  } else if (!secret && !jwksUrl) {
    yield ['jwtSecret', `and ${names.jwksUrl} are both missing; set the one that verifies tokens`]
  } else if (jwksUrl !== undefined) {
    const url = parseUrl(jwksUrl)
    if (!url || !isSafeUrl(url) || url.username || url.password) {
      yield ['jwksUrl', 'must be an https URL (http only on this machine)']
    }
  } else {
    yield* findSecretsIssues('jwtSecret', secret)
  }
  if (!auth?.issuer) yield ['jwtIssuer', 'is missing; set it to the `iss` of your tokens']
  if (!auth?.audience) yield ['jwtAudience', 'is missing; set it to the `aud` of your tokens']
}

function* findOtherIssues(settings: Settings): Generator<Issue> {
  for (const origin of settings.allowedOrigins ?? []) {
    if (origin !== '*' && parseUrl(origin)?.origin !== origin) {
      yield [
        'allowedOrigins',
        'must hold origins such as https://www.example.com, no path or slash',
      ]
      break
    }
  }
  const keys = settings.callbackKeys && Object.entries(settings.callbackKeys)
  if (keys?.length === 0) {
    yield ['callbackKeys', 'names no key, so that no callback would ever be believed; leave it out']
  }
  for (const [url, pem] of keys ?? []) {
    if (!parseUrl(url) || typeof pem !== 'string' || !passes(() => parsePublicKey(pem))) {
      yield ['callbackKeys', 'must map key URLs to PEM public keys']
      break
    }
  }
}

function* findOperatorIssues({ operatorToken }: Settings): Generator<Issue> {
  if (operatorToken === undefined) return
  if (operatorToken.length < MIN_OPERATOR_TOKEN_CHARS) {
    yield [
      'operatorToken',
      `is shorter than ${MIN_OPERATOR_TOKEN_CHARS} characters; ${MAKE_SECRET}`,
    ]
  } else if (!/^[\x21-\x7e]+$/.test(operatorToken)) {
    yield ['operatorToken', `has characters that no bearer token can have; ${MAKE_SECRET}`]
  }
}

function* findAccessLogIssues({ accessLog }: Settings): Generator<Issue> {
  const known: readonly string[] = ACCESS_LOG_FIELDS
  if ((accessLog?.include ?? []).some((field) => !known.includes(field))) {
    yield ['accessLog', `must name nothing but ${known.join(', ')}`]
  }
}

function* findRateIssues({ rateLimits = {} }: Settings): Generator<Issue> {
  for (const [name, limit] of [
    ['rateSubject', rateLimits.subjectPerMinute],
    ['rateAddress', rateLimits.addressPerMinute],
  ] as const) {
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
      yield [name, 'must be a whole number of requests a minute, or 0 for no limit']
    }
  }
}

/**
 * Everything that is wrong with the settings; nothing when they can work.
 *
 * @param names what each setting is called where the reader of the issues has set it
 */
export function checkAllSettings(
  settings: Settings & Hooks,
  names: SettingNames = OPTION_NAMES,
): { issues: string[]; profiles: Map<string, ReadyProfile> } {
  const { profiles, issues: profileIssues } = readProfiles(settings.profiles)
  const issues: Issue[] = [
    ...findOssIssues(settings),
    ...findSecretsIssues('secret', settings.secret),
    ...findDeploymentIssues(settings.deployment),
    ...findPublicUrlIssues(settings),
    ...findBasePathIssues(settings),
    ...profileIssues.map(
      (text): Issue => ['profiles', text.startsWith('must') ? text : `— ${text}`],
    ),
    ...findDirectIssues(profiles, settings),
    ...(settings.authenticate ? [] : findAuthIssues(settings.auth, names)),
    ...findOperatorIssues(settings),
    ...findAccessLogIssues(settings),
    ...findRateIssues(settings),
    ...findOtherIssues(settings),
  ]
  const { secret: jwtSecret } = { secret: undefined, ...settings.auth }
  const own = [settings.secret].flat()
  if ([jwtSecret ?? []].flat().some((secret) => own.includes(secret))) {
    issues.push(['secret', `and ${names.jwtSecret} are the same; each needs its own`])
  }
  for (const { setting, words } of settings.webhook ? checkWebhookSettings(settings.webhook) : []) {
    issues.push([setting === 'url' ? 'webhookUrl' : 'webhookSecrets', words])
  }
  for (const [name, words] of findHookIssues(settings, profiles.values())) {
    issues.push([name, words])
  }
  return { issues: issues.map(([name, text]) => `${names[name]} ${text}.`), profiles }
}

/** @throws {ConfigError} with all issues */
export function checkSettings(settings: Settings & Hooks): Map<string, ReadyProfile> {
  const { issues, profiles } = checkAllSettings(settings)
  if (issues.length > 0) throw new ConfigError(issues)
  return profiles
}

/** A domain that is neither Alibaba's nor this machine's can only be the bucket's own. */
export function chooseAddressing(endpoint: string | undefined): Addressing | undefined {
  const host = endpoint === undefined ? undefined : parseUrl(endpoint)?.hostname
  if (host === undefined || /(?:^|\.)aliyuncs\.com$/.test(host) || LOOPBACK.test(host)) {
    return undefined
  }
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$/.test(host) ? undefined : 'cname'
}
