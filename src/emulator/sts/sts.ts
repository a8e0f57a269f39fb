/**
 * A local STS: AssumeRole and AssumeRoleWithOIDC. What it issues is accepted by the local OSS beside it until it ends,
 * within the session policy. Every role exists and may do everything.
 */
import { toBase64Url } from '../../protocol/bytes.ts'
import type { AccessKey } from '../auth/access-keys.ts'
import type { EmulatorReply, EmulatorRequest } from '../http/message.ts'
import { readBody } from '../http/message.ts'
import { parseQuery, type Query } from '../http/target.ts'
import { authenticateAcs3 } from './check-acs3.ts'
import { StsError } from './errors.ts'
import { checkOidc, type RoleParameters, readRoleParameters } from './parameters.ts'

export type StsAction = 'AssumeRole' | 'AssumeRoleWithOIDC'

export interface Sts {
  /** @param requestId for the response */
  handle(request: EmulatorRequest, query: Query, requestId: string): Promise<EmulatorReply>
}

const VERSION = '2015-04-01'
/** A token of 20 000 characters and a policy, percent-encoded. */
const MAX_BODY_BYTES = 128 * 1024
/** Both of this program: the oldest are forgotten. */
const MAX_ISSUED_KEYS = 1000
const MAX_NONCES = 10_000

/** The action that a request for `/` asks STS for; undefined when it is for OSS. */
export function findStsAction(
  { method, headers }: Pick<EmulatorRequest, 'method' | 'headers'>,
  path: string,
  query: Query,
): StsAction | undefined {
  if (path !== '/' || !/^(?:GET|POST)$/.test(method)) return undefined
  const action = headers['x-acs-action'] ?? query.get('Action')
  if (action === undefined) return undefined
  return action === 'AssumeRoleWithOIDC' ? action : 'AssumeRole'
}

function random(bytes: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)))
}

function addBounded<Value>(set: Set<Value>, value: Value, max: number): Value | undefined {
  set.add(value)
  if (set.size <= max) return undefined
  const [oldest] = set
  if (oldest !== undefined) set.delete(oldest)
  return oldest
}

/** @param keys of the local OSS; issued keys are added to it */
export function createSts(keys: Map<string, AccessKey>, now: () => Date): Sts {
  const issued = new Set<string>()
  const nonces = new Set<string>()

  function issue({ roleArn, sessionName, durationSeconds, policy }: RoleParameters): object {
    // STS tells full seconds.
    const endMs = Math.floor(now().getTime() / 1000 + durationSeconds) * 1000
    const accessKey: AccessKey = {
      accessKeyId: `STS.${random(18).replaceAll(/[_-]/g, 'x')}`,
      accessKeySecret: random(32),
      securityToken: `CAIS${random(300)}`,
      expiresAt: new Date(endMs),
      ...(policy && { policy }),
    }
    const { accessKeyId, accessKeySecret, securityToken } = accessKey
    keys.set(accessKeyId, accessKey)
    const forgotten = addBounded(issued, accessKeyId, MAX_ISSUED_KEYS)
    if (forgotten !== undefined) keys.delete(forgotten)
    const assumed = `${roleArn.replace(':role/', ':assumed-role/')}/${sessionName}`
    return {
      AssumedRoleUser: { Arn: assumed, AssumedRoleId: `300000000000000000:${sessionName}` },
      Credentials: {
        AccessKeyId: accessKeyId,
        AccessKeySecret: accessKeySecret,
        SecurityToken: securityToken,
        Expiration: new Date(endMs).toISOString().replace('.000Z', 'Z'),
      },
    }
  }

  function checkNonce(nonce: string): void {
    if (nonce === '' || nonces.has(nonce)) {
      throw new StsError('SignatureNonceUsed', 'Specified signature nonce was used already.')
    }
    addBounded(nonces, nonce, MAX_NONCES)
  }

  async function run(request: EmulatorRequest, query: Query): Promise<object> {
    const { method, headers } = request
    const action = headers['x-acs-action'] ?? query.get('Action')
    const version = headers['x-acs-version'] ?? query.get('Version')
    if (version !== VERSION || !/^AssumeRole(?:WithOIDC)?$/.test(action ?? '')) {
      throw new StsError('InvalidAction.NotFound', 'Specified api is not found in this local STS.')
    }
    const body = (await readBody(request.body, MAX_BODY_BYTES)) ?? new Uint8Array()
    const form = parseQuery(new TextDecoder().decode(body))
    const get = (name: string) => query.get(name) ?? form.get(name)
    if (action === 'AssumeRole') {
      authenticateAcs3({ method, headers, query: query.pairs, body }, keys, now())
      checkNonce(headers['x-acs-signature-nonce'] ?? '')
    } else {
      checkOidc(get, now())
    }
    return issue(readRoleParameters(get))
  }

  return {
    async handle(request, query, requestId) {
      const reply = (status: number, value: object): EmulatorReply => ({
        status,
        headers: { 'content-type': 'application/json;charset=utf-8' },
        body: JSON.stringify({ RequestId: requestId, ...value }),
      })
      try {
        return reply(200, await run(request, query))
      } catch (error) {
        if (!(error instanceof StsError)) throw error
        const { status, code, message } = error
        return reply(status, { Code: code, Message: message, HostId: request.headers.host ?? '' })
      }
    },
  }
}
