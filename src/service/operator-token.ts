/** Bearer tokens that are not of users: the operator's, and the one of the metrics. */
import { equalInConstantTime, sha256Hex } from '../protocol/crypto.ts'
import { ServiceError } from './errors.ts'
import type { ServiceContext } from './response.ts'

/** Characters. */
export const MIN_OPERATOR_TOKEN_CHARS = 32

/**
 * @param token absent: the routes that it opens do not exist
 * @param kind for messages
 * @returns a check that throws {ServiceError} `NOT_FOUND` without a token in the settings, `TOKEN_MISSING`, `TOKEN_INVALID`
 */
export function createTokenCheck(
  token: string | undefined,
  kind: "operator's" | 'metrics',
): (c: ServiceContext) => void {
  // Hashes have one length, so that comparing them tells nothing about the token.
  const expected = token === undefined ? undefined : sha256Hex(token)
  return (c) => {
    if (expected === undefined) {
      throw new ServiceError('NOT_FOUND', 'There is nothing at this address.')
    }
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined) {
      throw new ServiceError('TOKEN_MISSING', `This address needs the ${kind} token as bearer.`)
    }
    if (!equalInConstantTime(sha256Hex(given), expected)) {
      throw new ServiceError('TOKEN_INVALID', `The bearer token is not the ${kind} token.`)
    }
  }
}
