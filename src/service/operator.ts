/**
 * Routes for the operator, with a token of their own: what is due and dead, replaying, sweeping. Without a token in the
 * settings they do not exist.
 */
import * as v from 'valibot'
import { readJson } from './body.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import { createTokenCheck } from './operator-token.ts'
import { respondJson, type ServiceContext } from './response.ts'

const MAX_PAGE = 100

export const replayRequest = v.strictObject({ eventId: v.string('must be a text') })
export const sweepRequest = v.strictObject({
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
  const check = createTokenCheck(operatorToken, "operator's")

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
