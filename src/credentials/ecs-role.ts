/**
 * The RAM role of an ECS instance, from its metadata server in security-hardened mode: each read needs a token.
 *
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
import type { CredentialsProvider } from '../signer/credentials.ts'
import { CredentialsError } from './errors.ts'
import { type HttpOptions, request } from './http.ts'
import { parseObject, readCode, readCredentials } from './read-credentials.ts'

export interface EcsRoleOptions extends HttpOptions {
  /** @default the role that the instance has */
  roleName?: string | undefined
  /** @default the system clock */
  now?: (() => Date) | undefined
}

/** Link-local of Alibaba Cloud; plain HTTP by design. */
const METADATA = 'http://100.100.100.200'
const ROLES_PATH = '/latest/meta-data/ram/security-credentials/'
/** Of the metadata token; it is asked for anew at each renewal. */
const TOKEN_SECONDS = '60'
const WHAT = 'The metadata server of ECS'

/**
 * @throws {CredentialsError} `SETTING`
 * @returns a function that throws {CredentialsError}
 */
export function createEcsRole(options: EcsRoleOptions = {}): CredentialsProvider {
  const { roleName, now = () => new Date() } = options
  if (roleName !== undefined && !/^[\w.@-]{1,64}$/.test(roleName)) {
    throw new CredentialsError('SETTING', 'roleName must have 1 to 64 of letters, digits and .@-_.')
  }

  async function ask(method: string, path: string, headers: Record<string, string>) {
    const response = await request(WHAT, `${METADATA}${path}`, { method, headers }, options)
    if (response.status === 200) return response
    throw new CredentialsError(
      'REFUSED',
      `${WHAT} responded ${response.status} to ${method} ${path}.`,
    )
  }

  return async () => {
    const at = now()
    const { text: token } = await ask('PUT', '/latest/api/token', {
      'x-aliyun-ecs-metadata-token-ttl-seconds': TOKEN_SECONDS,
    })
    const headers = { 'x-aliyun-ecs-metadata-token': token.trim() }
    const name = roleName ?? (await ask('GET', ROLES_PATH, headers)).text.trim()
    if (!/^[\w.@-]{1,64}$/.test(name)) {
      throw new CredentialsError('RESPONSE', `${WHAT} named no role: attach one to the instance.`)
    }
    const { text, date } = await ask('GET', `${ROLES_PATH}${name}`, headers)
    const body = parseObject(text, WHAT)
    if (body.Code !== 'Success') {
      throw new CredentialsError('REFUSED', `${WHAT} responded ${readCode(body.Code)}.`)
    }
    return readCredentials(body, { what: WHAT, date, now: at })
  }
}
