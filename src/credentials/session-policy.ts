/**
 * A session policy that leaves of a role just what the service does: for the prefixes of its profiles.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/ram-policy-overview
 */
import { type Profile, prepareProfile, type ReadyProfile } from '../signer/profile.ts'
import { CredentialsError } from './errors.ts'

/** From the manual of AssumeRole: "1 to 2,048 characters". */
const MAX_POLICY_CHARS = 2048

const OBJECT_ACTIONS = [
  'oss:PutObject',
  // HEAD.
  'oss:GetObject',
  'oss:ListParts',
  'oss:AbortMultipartUpload',
]
/** Of the sweep. */
const BUCKET_ACTIONS = ['oss:ListObjects', 'oss:ListMultipartUploads']

/** Prefixes of others that begin with one of them are left out. */
function listPrefixes(profiles: readonly ReadyProfile[]): string[] {
  const prefixes = [...new Set(profiles.map(({ template: { pieces } }) => pieces[0] ?? ''))].sort()
  return prefixes.filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  )
}

/**
 * JSON for `policy` of the role providers.
 *
 * @throws {UploadRefused} `PROFILE`
 * @throws {CredentialsError} `POLICY_TOO_LONG` when the profiles have too many or too long prefixes
 */
export function buildSessionPolicy(
  bucket: string,
  profiles: Readonly<Record<string, Profile>>,
): string {
  const all = Object.entries(profiles).map(([name, profile]) => prepareProfile(name, profile))
  const toResource = (prefix: string) => `acs:oss:*:*:${bucket}/${prefix}*`
  const withAcl = all.filter(({ acl }) => acl !== undefined)
  const statements = [
    { Effect: 'Allow', Action: OBJECT_ACTIONS, Resource: listPrefixes(all).map(toResource) },
    ...(withAcl.length > 0
      ? [
          {
            Effect: 'Allow',
            Action: ['oss:PutObjectAcl'],
            Resource: listPrefixes(withAcl).map(toResource),
          },
        ]
      : []),
    // Direct profiles are not swept.
    ...(all.some(({ direct }) => !direct)
      ? [{ Effect: 'Allow', Action: BUCKET_ACTIONS, Resource: [`acs:oss:*:*:${bucket}`] }]
      : []),
  ]
  const policy = JSON.stringify({ Version: '1', Statement: statements })
  if (policy.length <= MAX_POLICY_CHARS) return policy
  throw new CredentialsError(
    'POLICY_TOO_LONG',
    `The session policy has ${policy.length} characters, STS takes ${MAX_POLICY_CHARS}: give the profiles a common prefix.`,
  )
}
