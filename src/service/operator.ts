/**
 * Routes for the operator, with a token of their own: what is due and dead, replaying, sweeping. Without a token in the
 * settings they do not exist.
 */
import * as v from 'valibot'
import { equalInConstantTime, sha256Hex } from '../protocol/crypto.ts'
import { readJson } from './body.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import { respondJson, type ServiceContext } from './response.ts'

/** Characters. */
export const MIN_OPERATOR_TOKEN_CHARS = 32
const MAX_PAGE = 100

const replayRequest = v.strictObject({ eventId: v.string('must be a text') })
const sweepRequest = v.strictObject({
  olderThanSeconds: v.exactOptional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must not be negative'),
    ),
  ),
})

export interface OperatorHandlers {
  deliveries(c: ServiceContext): Promise<Response>
  dead(c: ServiceContext): Promise<Response>
  replay(c: ServiceContext): Promise<Response>
  sweep(c: ServiceContext): Promise<Response>
}

export function createOperatorHandlers({ operatorToken, outbox, sweep }: Deps): OperatorHandlers {
  // Hashes have one length, so that comparing them tells nothing about the token.
  const expected = operatorToken === undefined ? undefined : sha256Hex(operatorToken)

  /** @throws {ServiceError} `NOT_FOUND` without a token in the settings, `TOKEN_MISSING`, `TOKEN_INVALID` */
  function check(c: ServiceContext): void {
    if (expected === undefined) {
      throw new ServiceError('NOT_FOUND', 'There is nothing at this address.')
    }
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (token === undefined) {
      throw new ServiceError('TOKEN_MISSING', "This address needs the operator's token as bearer.")
    }
    if (!equalInConstantTime(sha256Hex(token), expected)) {
      throw new ServiceError('TOKEN_INVALID', "The bearer token is not the operator's.")
    }
  }

  return {
    async deliveries(c) {
      check(c)
      const [stats, problems] = await Promise.all([outbox.stats(), outbox.problems()])
      return respondJson(c, JSON.stringify({ ...stats, durable: outbox.durable, problems }))
    },
    async dead(c) {
      check(c)
      const after = c.req.query('after')
      const limit = Math.min(MAX_PAGE, Math.max(1, Number(c.req.query('limit')) || MAX_PAGE))
      const page = await outbox.dead({ limit, ...(after !== undefined && { after }) })
      return respondJson(c, JSON.stringify(page))
    },
    async replay(c) {
      check(c)
      const { eventId } = await readJson(c.req.raw, replayRequest)
      if (await outbox.replay(eventId)) return respondJson(c, JSON.stringify({ eventId }))
      throw new ServiceError('NOT_FOUND', 'There is no dead delivery of this event id.')
    },
    async sweep(c) {
      check(c)
      const { olderThanSeconds } = await readJson(c.req.raw, sweepRequest)
      const report = await sweep(olderThanSeconds === undefined ? {} : { olderThanSeconds })
      return respondJson(c, JSON.stringify(report))
    },
  }
}
