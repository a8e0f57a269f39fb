/**
 * Parameters of AssumeRole and AssumeRoleWithOIDC, checked as STS checks them.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
import { fromBase64Url } from '../../protocol/bytes.ts'
import { checkSessionPolicyShape, type SessionPolicy } from '../auth/access-keys.ts'
import { StsError } from './errors.ts'

export interface RoleParameters {
  roleArn: string
  sessionName: string
  durationSeconds: number
  policy?: SessionPolicy
}

const MIN_DURATION_SECONDS = 900
/** The longest session of a role that does not say more. */
const MAX_DURATION_SECONDS = 3600
const MAX_POLICY_CHARS = 2048

function readPolicy(text: string | undefined): SessionPolicy | undefined {
  if (text === undefined || text === '') return undefined
  if (text.length > MAX_POLICY_CHARS) {
    throw new StsError(
      'InvalidParameter.PolicySize',
      `The policy is over ${MAX_POLICY_CHARS} characters.`,
    )
  }
  try {
    const policy: unknown = JSON.parse(text)
    checkSessionPolicyShape(policy)
    return policy
  } catch {
    throw new StsError('InvalidParameter.PolicyGrammar', 'The parameter Policy is not valid.')
  }
}

/** @throws {StsError} */
export function readRoleParameters(get: (name: string) => string | undefined): RoleParameters {
  const roleArn = get('RoleArn') ?? ''
  if (!/^acs:ram::\d{1,32}:role\/[\w.@/-]{1,128}$/.test(roleArn)) {
    throw new StsError('InvalidParameter.RoleArn', 'The parameter RoleArn is not valid.')
  }
  const sessionName = get('RoleSessionName') ?? ''
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
    throw new StsError('InvalidParameter.RoleSessionName', 'RoleSessionName is not valid.')
  }
  const duration = get('DurationSeconds') ?? String(MAX_DURATION_SECONDS)
  const durationSeconds = /^\d{1,6}$/.test(duration) ? Number(duration) : 0
  if (durationSeconds < MIN_DURATION_SECONDS || durationSeconds > MAX_DURATION_SECONDS) {
    throw new StsError(
      'InvalidParameter.DurationSeconds',
      `DurationSeconds must be ${MIN_DURATION_SECONDS} to ${MAX_DURATION_SECONDS}.`,
    )
  }
  const policy = readPolicy(get('Policy'))
  return { roleArn, sessionName, durationSeconds, ...(policy && { policy }) }
}

/**
 * Checks that the token is a JWT which has not ended. Whether its issuer signed it cannot be checked here.
 *
 * @throws {StsError} `AuthenticationFail.OIDCToken.…`, `InvalidParameter.OIDCProviderArn`
 */
export function checkOidc(get: (name: string) => string | undefined, now: Date): void {
  if (!/^acs:ram::\d{1,32}:oidc-provider\/[\w.@/-]{1,128}$/.test(get('OIDCProviderArn') ?? '')) {
    throw new StsError('InvalidParameter.OIDCProviderArn', 'OIDCProviderArn is not valid.')
  }
  let exp: unknown
  try {
    const [, claims = '', ...more] = (get('OIDCToken') ?? '').split('.')
    if (more.length !== 1) throw new TypeError('not three parts')
    exp = JSON.parse(new TextDecoder().decode(fromBase64Url(claims))).exp
  } catch {
    exp = undefined
  }
  if (typeof exp !== 'number') {
    throw new StsError('AuthenticationFail.OIDCToken.Invalid', 'This JWT token is invalid.')
  }
  if (exp * 1000 <= now.getTime()) {
    throw new StsError('AuthenticationFail.OIDCToken.Expired', 'This JWT token has expired.')
  }
}
