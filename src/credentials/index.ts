/**
 * `oss-upcall/credentials`: credentials that expire, from STS, ECS or a URL, by hand-listed names. Web standards only.
 */
export { type CredentialsUriOptions, createCredentialsUri } from './credentials-uri.ts'
export { createEcsRole, type EcsRoleOptions } from './ecs-role.ts'
export { CredentialsError, type CredentialsErrorCode } from './errors.ts'
export { buildSessionPolicy } from './session-policy.ts'
export {
  type AssumeRoleOptions,
  type AssumeRoleWithOidcOptions,
  createAssumeRole,
  createAssumeRoleWithOidc,
  type RoleOptions,
} from './sts.ts'
