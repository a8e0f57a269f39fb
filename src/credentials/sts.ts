/**
 * Roles of STS: AssumeRole with an AccessKey, AssumeRoleWithOIDC with a token of Kubernetes or another issuer.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
import type { Credentials } from '../protocol/signing-key.ts'
import { isSafeUrl, parseUrl } from '../service/safe-url.ts'
import type { CredentialsProvider, ExpiringCredentials } from '../signer/credentials.ts'
import { CredentialsError } from './errors.ts'
import { type HttpOptions, request, type TextResponse } from './http.ts'
import { parseObject, readCode, readCredentials } from './read-credentials.ts'
import { buildCanonicalQuery, signAcs3 } from './sign-acs3.ts'

export interface RoleOptions extends HttpOptions {
  /** `acs:ram::<account id>:role/<name>`. */
  roleArn: string
  /** In the logs of ActionTrail: 2 to 64 of letters, digits and `.@-_`. @default 'oss-upcall' */
  sessionName?: string | undefined
  /** Life of the credentials: 900 to the role's own maximum, which is 3 600 unless the role says more. @default 3600 */
  durationSeconds?: number | undefined
  /** JSON of a session policy, which takes away from what the role may do. @default all that the role may do */
  policy?: string | undefined
  /** `https://…` without a path. @default https://sts.aliyuncs.com */
  stsEndpoint?: string | undefined
  /** @default the system clock */
  now?: (() => Date) | undefined
}

export interface AssumeRoleOptions extends RoleOptions {
  /** Of a RAM user or role that may assume the role. */
  credentials: Credentials | CredentialsProvider
  /** For roles of other accounts. */
  externalId?: string | undefined
}

export interface AssumeRoleWithOidcOptions extends RoleOptions {
  /** `acs:ram::<account id>:oidc-provider/<name>`. */
  oidcProviderArn: string
  /** A fresh token of the issuer, e.g. the text of a file that Kubernetes renews. Called for each renewal. */
  readToken: () => string | Promise<string>
}

const VERSION = '2015-04-01'
const STS_ENDPOINT = 'https://sts.aliyuncs.com'
const DURATION_SECONDS = 3600
/** From the manuals of both calls. */
const MIN_DURATION_SECONDS = 900
const MAX_DURATION_SECONDS = 43_200
const MAX_OIDC_TOKEN_CHARS = 20_000

function* findIssues(options: RoleOptions): Generator<string> {
  const { roleArn, sessionName = 'oss-upcall', durationSeconds = DURATION_SECONDS } = options
  if (!/^acs:ram::\d{1,32}:role\/[\w.@/-]{1,128}$/.test(roleArn ?? '')) {
    yield 'roleArn must be acs:ram::<account id>:role/<name>'
  }
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
    yield 'sessionName must have 2 to 64 of letters, digits and .@-_'
  }
  const isWhole = Number.isSafeInteger(durationSeconds)
  if (
    !isWhole ||
    durationSeconds < MIN_DURATION_SECONDS ||
    durationSeconds > MAX_DURATION_SECONDS
  ) {
    yield `durationSeconds must be ${MIN_DURATION_SECONDS} to ${MAX_DURATION_SECONDS}`
  }
  const url = parseUrl(options.stsEndpoint ?? STS_ENDPOINT)
  const isPlain = url && url.pathname === '/' && !url.search && !url.username && !url.password
  if (!isPlain || !isSafeUrl(url)) {
    yield 'stsEndpoint must be https:// and a host (http only on this machine), without a path'
  }
}

function check(issues: readonly string[]): void {
  if (issues.length > 0) throw new CredentialsError('SETTING', `${issues.join('; ')}.`)
}

function buildParameters(options: RoleOptions): Record<string, string> {
  const { roleArn, sessionName = 'oss-upcall', durationSeconds, policy } = options
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: String(durationSeconds ?? DURATION_SECONDS),
    ...(policy !== undefined && { Policy: policy }),
  }
}

/** @throws {CredentialsError} `REFUSED` with the code of STS, `RESPONSE` */
function readResponse(
  { status, text, date }: TextResponse,
  what: string,
  now: Date,
): ExpiringCredentials {
  const body = parseObject(text, what)
  if (status === 200) return readCredentials(body.Credentials, { what, date, now })
  // Not its message, which quotes the request.
  throw new CredentialsError(
    'REFUSED',
    `${what} responded ${status} ${readCode(body.Code)}, request id ${readCode(body.RequestId)}.`,
  )
}

/**
 * Credentials of a role, by the AccessKey of a user that may assume it.
 *
 * @throws {CredentialsError} `SETTING`
 * @returns a function that throws {CredentialsError}, and what the provider of `credentials` throws
 */
export function createAssumeRole(options: AssumeRoleOptions): CredentialsProvider {
  check([...findIssues(options)])
  const { credentials, externalId, stsEndpoint = STS_ENDPOINT, now = () => new Date() } = options
  const { origin, host } = new URL(stsEndpoint)
  const what = `STS at ${host}`
  const query = {
    ...buildParameters(options),
    ...(externalId !== undefined && { ExternalId: externalId }),
  }
  return async () => {
    const at = now()
    const own = typeof credentials === 'function' ? await credentials() : credentials
    const call = { host, action: 'AssumeRole', version: VERSION, query }
    const nonce = crypto.randomUUID()
    const { target, ...init } = signAcs3(call, { credentials: own, now: at, nonce })
    return readResponse(await request(what, `${origin}${target}`, init, options), what, at)
  }
}

/**
 * Credentials of a role by a token of an OpenID Connect issuer: there is no AccessKey at all.
 *
 * @throws {CredentialsError} `SETTING`
 * @returns a function that throws {CredentialsError}, and what `readToken` throws
 */
export function createAssumeRoleWithOidc(options: AssumeRoleWithOidcOptions): CredentialsProvider {
  const { oidcProviderArn, readToken, stsEndpoint = STS_ENDPOINT, now = () => new Date() } = options
  const issues = [...findIssues(options)]
  if (!/^acs:ram::\d{1,32}:oidc-provider\/[\w.@/-]{1,128}$/.test(oidcProviderArn ?? '')) {
    issues.push('oidcProviderArn must be acs:ram::<account id>:oidc-provider/<name>')
  }
  check(issues)
  const { origin, host } = new URL(stsEndpoint)
  const what = `STS at ${host}`
  return async () => {
    const at = now()
    const token = (await readToken()).trim()
    if (token === '' || token.length > MAX_OIDC_TOKEN_CHARS) {
      throw new CredentialsError(
        'SETTING',
        `The OIDC token is empty or has more than ${MAX_OIDC_TOKEN_CHARS} characters.`,
      )
    }
    const query = buildCanonicalQuery({
      Action: 'AssumeRoleWithOIDC',
      Format: 'JSON',
      Version: VERSION,
      Timestamp: at.toISOString().replace(/\.\d+Z$/, 'Z'),
      SignatureNonce: crypto.randomUUID(),
    })
    const parameters = {
      ...buildParameters(options),
      OIDCProviderArn: oidcProviderArn,
      OIDCToken: token,
    }
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: buildCanonicalQuery(parameters),
    }
    return readResponse(await request(what, `${origin}/?${query}`, init, options), what, at)
  }
}
