/** The conditions of `npm run chaos` with a smaller file, so that every run of the tests has seen them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chaos, CONDITIONS, createChaos, SHORT } from './conditions.ts'

let chaos: Chaos

beforeAll(async () => {
  chaos = await createChaos()
}, 60_000)
afterAll(() => chaos?.close(), 60_000)

describe('the built client, in a page, through', () => {
  it.each(Object.keys(CONDITIONS))(
    '%s, stores the same bytes and runs the handler once',
    async (condition) => {
      const outcome = await chaos.run(condition, SHORT)
      expect(outcome.isSame).toBe(true)
      expect(outcome.receipts).toBe(1)
      if (condition.startsWith('reloaded')) expect(outcome.ratio).toBeLessThan(1.15)
      const calls = outcome.calls.filter((call) => call.startsWith('POST /uploads'))
      if (condition === 'a good line') {
        expect(calls).toEqual(['POST /uploads'])
        expect(outcome.ratio).toBeLessThan(1.02)
      }
      if (condition === 'all URLs expired in the middle') {
        expect(calls).toEqual(['POST /uploads', 'POST /uploads/parts'])
      }
    },
    120_000,
  )
})
