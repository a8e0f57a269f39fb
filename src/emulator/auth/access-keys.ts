/**
 * Access keys: permanent ones, temporary ones with their token, and the session policy of a temporary key.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/use-temporary-access-credentials-provided-by-sts-to-access-oss
 */
import { OssError } from '../http/errors.ts'

/** A session policy as AssumeRole takes it. Conditions are not supported and are refused. */
export interface SessionPolicy {
  Version?: string
  Statement: {
    Effect: 'Allow' | 'Deny'
    /** e.g. `oss:PutObject`; `*` and `?` are wildcards. */
    Action: string | string[]
    /** e.g. `acs:oss:*:*:examplebucket/u/42/*`. */
    Resource: string | string[]
  }[]
}

export interface AccessKey {
  accessKeyId: string
  accessKeySecret: string
  /** Makes it a temporary (STS) key: every request needs this token too. */
  securityToken?: string
  /** When the token ends. */
  expiresAt?: Date
  /** What the key may do. @default everything */
  policy?: SessionPolicy
}

export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'key'; accessKey: AccessKey; via: 'header' | 'url' | 'form' }

export type AccessKeys = ReadonlyMap<string, AccessKey>

const isTextOrTexts = (value: unknown) =>
  (Array.isArray(value) ? value : [value]).every((text) => typeof text === 'string')

/** @throws {TypeError} for what is no policy of this local OSS; Conditions are not supported */
export function checkSessionPolicyShape(policy: unknown): asserts policy is SessionPolicy {
  const { Statement } = policy as { Statement?: unknown }
  for (const statement of Array.isArray(Statement) ? Statement : [undefined]) {
    const { Effect, Action, Resource } = statement as Record<string, unknown>
    const isWhole = Action !== undefined && Resource !== undefined && !('Condition' in statement)
    const isEffect = Effect === 'Allow' || Effect === 'Deny'
    if (!isWhole || !isEffect || !isTextOrTexts(Action) || !isTextOrTexts(Resource)) {
      throw new TypeError('The policy has a statement that is not supported.')
    }
  }
}

/** More are added by a local STS. */
export function createAccessKeys(keys: AccessKey[]): Map<string, AccessKey> {
  for (const { policy, accessKeyId } of keys) {
    if (policy?.Statement.some((statement) => 'Condition' in statement)) {
      throw new TypeError(
        `The policy of ${accessKeyId} has a Condition; only actions and resources are supported.`,
      )
    }
  }
  return new Map(keys.map((key) => [key.accessKeyId, key]))
}

/**
 * The key of that id, if its token (if any) belongs to it and has not expired.
 *
 * @throws {OssError} `InvalidAccessKeyId`, `InvalidSecurityToken`, `SecurityTokenExpired`, `AccessKeyIdAndSecurityTokenNotMatch`
 */
export function findAccessKey(
  keys: AccessKeys,
  id: string,
  token: string | undefined,
  now: Date,
): AccessKey {
  const key = keys.get(id)
  if (!key || (key.securityToken !== undefined && token === undefined)) {
    throw new OssError(
      'InvalidAccessKeyId',
      'The OSS Access Key Id you provided does not exist in our records.',
      { ec: '0002-00000902', extras: { OSSAccessKeyId: id } },
    )
  }
  if (token === undefined) return key
  if (key.securityToken === token) {
    if (key.expiresAt && key.expiresAt <= now) {
      throw new OssError('SecurityTokenExpired', 'The security token you provided has expired.')
    }
    return key
  }
  if ([...keys.values()].some((other) => other.securityToken === token)) {
    throw new OssError(
      'AccessKeyIdAndSecurityTokenNotMatch',
      'The OSS access key id and security token you provided does not match.',
    )
  }
  throw new OssError('InvalidSecurityToken', 'The security token you provided is invalid.')
}

/** `*` and `?` as in RAM policies. Linear in the text's length for each star. */
function matchesPattern(text: string, pattern: string): boolean {
  let [t, p, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p
      mark = t
      p += 1
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t += 1
      p += 1
    } else if (star >= 0) {
      p = star + 1
      mark += 1
      t = mark
    } else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

const toList = (value: string | string[]) => (Array.isArray(value) ? value : [value])

function allows(policy: SessionPolicy, action: string, resource: string): boolean {
  const hits = policy.Statement.filter(
    ({ Action, Resource }) =>
      toList(Action).some((pattern) => matchesPattern(action, pattern)) &&
      toList(Resource).some((pattern) => matchesPattern(resource, pattern)),
  )
  return hits.length > 0 && hits.every(({ Effect }) => Effect === 'Allow')
}

/**
 * @param action e.g. `oss:PutObject`
 * @param path `bucket` or `bucket/key`
 * @throws {OssError} `AccessDenied` when the key's policy does not allow it
 */
export function checkSessionPolicy(accessKey: AccessKey, action: string, path: string): void {
  if (!accessKey.policy || allows(accessKey.policy, action, `acs:oss:*:*:${path}`)) return
  throw new OssError('AccessDenied', "Access denied by authorizer's policy.", {
    extras: { AuthAction: action },
  })
}
