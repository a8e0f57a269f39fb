/** By its two users, operator.test.ts and metrics.test.ts; here what they share. */
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/service/errors.ts'
import { createTokenCheck } from '../../src/service/operator-token.ts'
import type { ResponseEnv } from '../../src/service/response.ts'

const TOKEN = 'PLANTED-operator-token-of-32-characters'

async function ask(token: string | undefined, authorization?: string): Promise<string> {
  const check = createTokenCheck(token, "operator's")
  const app = new Hono<ResponseEnv>()
  app.get('/', (c) => {
    check(c)
    return c.text('passed')
  })
  app.onError((error, c) =>
    c.text(error instanceof ServiceError ? `${error.code}: ${error.message}` : 'another error'),
  )
  const headers = authorization === undefined ? {} : { authorization }
  return (await app.request('/', { headers })).text()
}

describe('the token of an operator', () => {
  it('passes as bearer, in any case of that word', async () => {
    expect(await ask(TOKEN, `Bearer ${TOKEN}`)).toBe('passed')
    expect(await ask(TOKEN, `bearer ${TOKEN}`)).toBe('passed')
  })

  it('is asked for, and no other one passes', async () => {
    expect(await ask(TOKEN)).toMatch(/^TOKEN_MISSING: .*operator's token/)
    expect(await ask(TOKEN, 'Bearer ')).toMatch(/^TOKEN_MISSING/)
    expect(await ask(TOKEN, `Bearer ${TOKEN} ${TOKEN}`)).toMatch(/^TOKEN_MISSING/)
    expect(await ask(TOKEN, 'Bearer another')).toMatch(/^TOKEN_INVALID/)
    expect(await ask(TOKEN, `Bearer ${TOKEN}0`)).not.toContain('PLANTED')
  })

  it('that is not set hides that there is a route', async () => {
    expect(await ask(undefined, `Bearer ${TOKEN}`)).toMatch(/^NOT_FOUND: There is nothing/)
  })
})
