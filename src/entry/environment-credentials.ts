/**
 * Which credentials the environment names, by the variables of Alibaba Cloud's own libraries: fixed keys, a role of STS, the
 * role of an ECS instance, or a URL that hands them out.
 */
import { createCredentialsUri } from '../credentials/credentials-uri.ts'
import { createEcsRole } from '../credentials/ecs-role.ts'
import { createAssumeRole, createAssumeRoleWithOidc } from '../credentials/sts.ts'
import type { Credentials } from '../protocol/signing-key.ts'
import type { CredentialsProvider } from '../signer/credentials.ts'

export const CREDENTIAL_VARIABLES = {
  roleArn: 'ALIBABA_CLOUD_ROLE_ARN',
  sessionName: 'ALIBABA_CLOUD_ROLE_SESSION_NAME',
  oidcProviderArn: 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN',
  oidcTokenFile: 'ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  credentialsUri: 'ALIBABA_CLOUD_CREDENTIALS_URI',
  ecsRole: 'ALIBABA_CLOUD_ECS_METADATA',
  accessKeyId: 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  accessKeySecret: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  securityToken: 'ALIBABA_CLOUD_SECURITY_TOKEN',
  stsRegion: 'ALIBABA_CLOUD_STS_REGION',
  stsEndpoint: 'UPCALL_STS_ENDPOINT',
} as const

type Read = (name: string) => string | undefined

/** Where there are no files, e.g. on Workers: undefined. */
export type ReadTextFile = (path: string) => Promise<string>

export type CredentialsChoice =
  | { kind: 'fixed'; credentials: Credentials }
  /** @param policy the session policy of a role; throws {CredentialsError} `SETTING` */
  | { kind: 'expiring'; create(policy: string): CredentialsProvider; withPolicy: boolean }

function readKeys(read: Read): Credentials | undefined {
  for (const [id, secret, token] of [
    ['OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET', 'OSS_SESSION_TOKEN'],
    [
      CREDENTIAL_VARIABLES.accessKeyId,
      CREDENTIAL_VARIABLES.accessKeySecret,
      CREDENTIAL_VARIABLES.securityToken,
    ],
  ] as const) {
    const accessKeyId = read(id)
    const accessKeySecret = read(secret)
    if (accessKeyId === undefined && accessKeySecret === undefined) continue
    const securityToken = read(token)
    return {
      // One without the other stays so: the check of the settings reports it.
      accessKeyId: accessKeyId ?? '',
      accessKeySecret: accessKeySecret ?? '',
      ...(securityToken !== undefined && { securityToken }),
    }
  }
  return undefined
}

function readRole(read: Read) {
  const region = read(CREDENTIAL_VARIABLES.stsRegion)
  const endpoint = region === undefined ? undefined : `https://sts.${region}.aliyuncs.com`
  return {
    roleArn: read(CREDENTIAL_VARIABLES.roleArn) ?? '',
    sessionName: read(CREDENTIAL_VARIABLES.sessionName),
    stsEndpoint: read(CREDENTIAL_VARIABLES.stsEndpoint) ?? endpoint,
  }
}

/**
 * The first of: AccessKey with a role to assume, AccessKey, OIDC token, URL, ECS. An AccessKey beside the variables that
 * Kubernetes sets for OIDC is used as it is.
 *
 * @param issues gets what is incomplete, each naming its variable
 */
export function chooseCredentials(
  read: Read,
  readTextFile: ReadTextFile | undefined,
  issues: string[],
): CredentialsChoice {
  const keys = readKeys(read)
  const role = readRole(read)
  const oidcProviderArn = read(CREDENTIAL_VARIABLES.oidcProviderArn)
  const tokenFile = read(CREDENTIAL_VARIABLES.oidcTokenFile)
  if (keys) {
    if (role.roleArn === '' || oidcProviderArn !== undefined) {
      return { kind: 'fixed', credentials: keys }
    }
    const create = (policy: string) => createAssumeRole({ ...role, credentials: keys, policy })
    return { kind: 'expiring', create, withPolicy: true }
  }
  if (oidcProviderArn !== undefined || tokenFile !== undefined) {
    return chooseOidc({ ...role, oidcProviderArn }, tokenFile, readTextFile, issues)
  }
  const uri = read(CREDENTIAL_VARIABLES.credentialsUri)
  if (uri !== undefined) {
    return { kind: 'expiring', create: () => createCredentialsUri({ uri }), withPolicy: false }
  }
  const roleName = read(CREDENTIAL_VARIABLES.ecsRole)
  if (roleName !== undefined) {
    return { kind: 'expiring', create: () => createEcsRole({ roleName }), withPolicy: false }
  }
  return { kind: 'fixed', credentials: { accessKeyId: '', accessKeySecret: '' } }
}

function chooseOidc(
  role: ReturnType<typeof readRole> & { oidcProviderArn: string | undefined },
  tokenFile: string | undefined,
  readTextFile: ReadTextFile | undefined,
  issues: string[],
): CredentialsChoice {
  const { oidcProviderArn = '' } = role
  for (const [name, value] of [
    [CREDENTIAL_VARIABLES.roleArn, role.roleArn],
    [CREDENTIAL_VARIABLES.oidcProviderArn, oidcProviderArn],
    [CREDENTIAL_VARIABLES.oidcTokenFile, tokenFile],
  ] as const) {
    if (!value) issues.push(`${name} is missing; the OIDC variables belong together.`)
  }
  if (!readTextFile) {
    issues.push(
      `${CREDENTIAL_VARIABLES.oidcTokenFile} cannot be read here: there are no files; give createService a function as credentials.`,
    )
  }
  const readToken = async () => readTextFile?.(tokenFile ?? '') ?? ''
  const create = (policy: string) =>
    createAssumeRoleWithOidc({ ...role, oidcProviderArn, readToken, policy })
  return { kind: 'expiring', create, withPolicy: true }
}
