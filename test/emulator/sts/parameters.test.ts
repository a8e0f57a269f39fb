import { describe, expect, it } from 'vitest'
import { checkOidc, readRoleParameters } from '../../../src/emulator/sts/parameters.ts'
import { toBase64Url } from '../../../src/protocol/bytes.ts'
import { START } from '../../support/clock.ts'
import { codeOf } from '../../support/samples.ts'

const GOOD = {
  RoleArn: 'acs:ram::1000000000000000:role/upcall',
  RoleSessionName: 'a.b',
  DurationSeconds: '900',
}
const statement = { Effect: 'Allow', Action: 'oss:*', Resource: ['acs:oss:*:*:b/*'] }
const policyOf = (...all: unknown[]) => JSON.stringify({ Version: '1', Statement: all })

function read(changes: Record<string, string | undefined>) {
  const all: Record<string, string | undefined> = { ...GOOD, ...changes }
  return readRoleParameters((name) => all[name])
}

describe('the parameters of a role', () => {
  it('are read, the policy as an object', () => {
    expect(read({ Policy: policyOf(statement) })).toEqual({
      roleArn: GOOD.RoleArn,
      sessionName: 'a.b',
      durationSeconds: 900,
      policy: { Version: '1', Statement: [statement] },
    })
    expect(read({ DurationSeconds: undefined, Policy: '' })).toMatchObject({
      durationSeconds: 3600,
    })
    expect(read({ Policy: '' })).not.toHaveProperty('policy')
  })

  it.each<[Record<string, string | undefined>, string]>([
    [{ RoleArn: 'upcall' }, 'RoleArn'],
    [{ RoleArn: undefined }, 'RoleArn'],
    [{ RoleSessionName: 'a' }, 'RoleSessionName'],
    [{ RoleSessionName: '会话' }, 'RoleSessionName'],
    [{ DurationSeconds: '899' }, 'DurationSeconds'],
    [{ DurationSeconds: '3601' }, 'DurationSeconds'],
    [{ DurationSeconds: '1e3' }, 'DurationSeconds'],
    [{ Policy: 'x'.repeat(2049) }, 'PolicySize'],
    [{ Policy: '{' }, 'PolicyGrammar'],
    [{ Policy: 'null' }, 'PolicyGrammar'],
    [{ Policy: '{}' }, 'PolicyGrammar'],
    [{ Policy: policyOf(null) }, 'PolicyGrammar'],
    [{ Policy: policyOf({ ...statement, Effect: 'Maybe' }) }, 'PolicyGrammar'],
    [{ Policy: policyOf({ ...statement, Action: undefined }) }, 'PolicyGrammar'],
    [{ Policy: policyOf({ ...statement, Resource: [1] }) }, 'PolicyGrammar'],
    [{ Policy: policyOf({ ...statement, Condition: {} }) }, 'PolicyGrammar'],
  ])('%j are refused', (changes, code) => {
    expect(codeOf(() => read(changes))).toBe(`InvalidParameter.${code}`)
  })
})

describe('an OIDC token', () => {
  const OIDCProviderArn = 'acs:ram::1000000000000000:oidc-provider/ack'
  const jwt = (claims: unknown) => `h.${toBase64Url(JSON.stringify(claims))}.s`
  const check = (OIDCToken: string, more = {}) => {
    const all: Record<string, string> = { OIDCProviderArn, OIDCToken, ...more }
    return codeOf(() => checkOidc((name) => all[name], START))
  }
  const nowSeconds = START.getTime() / 1000

  it('is taken until its end', () => {
    expect(check(jwt({ exp: nowSeconds + 1 }))).toBeUndefined()
    expect(check(jwt({ exp: nowSeconds }))).toBe('AuthenticationFail.OIDCToken.Expired')
  })

  it.each(['', 'a.b', 'a.b.c', 'a.b.c.d', jwt({}), jwt({ exp: '1' }), jwt(null)])(
    '%j is none',
    (token) => {
      expect(check(token)).toBe('AuthenticationFail.OIDCToken.Invalid')
    },
  )

  it('needs the name of its issuer', () => {
    const wrong = { OIDCProviderArn: 'ack' }
    expect(check(jwt({ exp: nowSeconds + 1 }), wrong)).toBe('InvalidParameter.OIDCProviderArn')
  })
})
