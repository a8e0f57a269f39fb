import { describe, expect, it } from 'vitest'
import { createAssumeRole, createAssumeRoleWithOidc } from '../../src/credentials/sts.ts'
import { START } from '../support/clock.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { codeOf } from '../support/samples.ts'

const roleArn = 'acs:ram::1234567890123456:role/uploader'
const oidcProviderArn = 'acs:ram::1234567890123456:oidc-provider/ack-rrsa'
const GOOD = {
  RequestId: 'R-1',
  Credentials: {
    AccessKeyId: 'STS.a',
    AccessKeySecret: 's',
    SecurityToken: 't',
    Expiration: '2026-11-22T09:00:00Z',
  },
}

function createSts(respond: () => Response = () => Response.json(GOOD)) {
  const requests: Request[] = []
  const fetcher: typeof fetch = async (input, init) => {
    requests.push(new Request(input, init))
    return respond()
  }
  return { requests, options: { fetch: fetcher, now: () => START, roleArn } }
}

describe('AssumeRole', () => {
  it('sends a signed request with its parameters', async () => {
    const { requests, options } = createSts()
    const policy = '{"Version":"1","Statement":[]}'
    const more = { policy, sessionName: 'a.b', durationSeconds: 900, externalId: 'x' }
    const provide = createAssumeRole({ ...options, ...more, credentials: ACCESS_KEY })
    expect(await provide()).toEqual({
      accessKeyId: 'STS.a',
      accessKeySecret: 's',
      securityToken: 't',
      expiration: new Date('2026-11-22T09:00:00Z'),
    })
    const [request] = requests
    const url = new URL(request?.url ?? '')
    expect(url.origin).toBe('https://sts.aliyuncs.com')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      RoleArn: roleArn,
      RoleSessionName: 'a.b',
      DurationSeconds: '900',
      Policy: policy,
      ExternalId: 'x',
    })
    expect(request?.headers.get('x-acs-action')).toBe('AssumeRole')
    expect(request?.headers.get('authorization')).toMatch(/^ACS3-HMAC-SHA256 Credential=LTAI/)
  })

  it('has a new nonce each time, and asks a provider for the keys that sign', async () => {
    const { requests, options } = createSts()
    let calls = 0
    const credentials = async () => {
      calls += 1
      return { ...ACCESS_KEY, securityToken: 'PLANTED-token' }
    }
    const provide = createAssumeRole({ ...options, credentials })
    await provide()
    await provide()
    const nonces = requests.map(({ headers }) => headers.get('x-acs-signature-nonce'))
    expect([calls, new Set(nonces).size]).toEqual([2, 2])
    expect(requests[0]?.headers.get('x-acs-security-token')).toBe('PLANTED-token')
  })

  it('counts the life of a token by the clock of STS when its own is behind', async () => {
    const date = new Date(START.getTime() + 600_000).toUTCString()
    const { options } = createSts(() => Response.json(GOOD, { headers: { date } }))
    const { expiration } = await createAssumeRole({ ...options, credentials: ACCESS_KEY })()
    expect(expiration).toEqual(new Date('2026-11-22T08:50:00Z'))
  })

  it.each<[string, () => Response, string, string]>([
    [
      'refuses',
      () =>
        Response.json(
          { Code: 'NoPermission', Message: 'PLANTED', RequestId: 'R-2' },
          { status: 403 },
        ),
      'REFUSED',
      '403 NoPermission, request id R-2',
    ],
    ['has no words', () => Response.json({}, { status: 500 }), 'REFUSED', '500 no code'],
    ['shows a page', () => new Response('<html>PLANTED'), 'RESPONSE', 'no JSON object'],
    ['has no credentials', () => Response.json({}), 'RESPONSE', 'without AccessKeyId'],
    [
      'redirects',
      () => Response.redirect('https://evil.example.com'),
      'RESPONSE',
      'no JSON object',
    ],
  ])('fails in words when STS %s', async (_, respond, code, words) => {
    const { options } = createSts(respond)
    const error = await createAssumeRole({ ...options, credentials: ACCESS_KEY })().catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
    expect(String(error)).not.toContain('PLANTED')
  })

  it.each([
    [{ roleArn: 'uploader' }],
    [{ roleArn: '' }],
    [{ sessionName: 'a b' }],
    [{ durationSeconds: 899 }],
    [{ durationSeconds: 43_201 }],
    [{ durationSeconds: Number.NaN }],
    [{ stsEndpoint: 'http://sts.aliyuncs.com' }],
    [{ stsEndpoint: 'https://sts.aliyuncs.com/path' }],
    [{ stsEndpoint: 'https://u@sts.aliyuncs.com' }],
    [{ stsEndpoint: 'sts.aliyuncs.com' }],
  ])('does not take %j', (wrong) => {
    expect(codeOf(() => createAssumeRole({ roleArn, ...wrong, credentials: ACCESS_KEY }))).toBe(
      'SETTING',
    )
  })
})

describe('AssumeRoleWithOIDC', () => {
  it('sends a fresh token in the body, and no signature', async () => {
    const { requests, options } = createSts()
    let calls = 0
    const readToken = () => {
      calls += 1
      return `token-${calls}\n`
    }
    const provide = createAssumeRoleWithOidc({ ...options, oidcProviderArn, readToken })
    await provide()
    await provide()
    const [first, second] = requests
    expect(first?.headers.has('authorization')).toBe(false)
    const { searchParams } = new URL(first?.url ?? '')
    expect(searchParams.get('Action')).toBe('AssumeRoleWithOIDC')
    expect(searchParams.get('Version')).toBe('2015-04-01')
    expect(first?.url).not.toContain('token-1')
    const form = new URLSearchParams(await first?.text())
    expect(Object.fromEntries(form)).toEqual({
      DurationSeconds: '3600',
      OIDCProviderArn: oidcProviderArn,
      OIDCToken: 'token-1',
      RoleArn: roleArn,
      RoleSessionName: 'oss-upcall',
    })
    expect(await second?.text()).toContain('OIDCToken=token-2')
  })

  it.each(['', '  \n', 'x'.repeat(20_001)])('does not send a token that is none', async (token) => {
    const { requests, options } = createSts()
    const readToken = async () => token
    const provide = createAssumeRoleWithOidc({ ...options, oidcProviderArn, readToken })
    await expect(provide()).rejects.toMatchObject({ code: 'SETTING' })
    expect(requests).toEqual([])
  })

  it('needs the name of the issuer', () => {
    const wrong = { roleArn, oidcProviderArn: 'ack', readToken: () => 'x' }
    expect(codeOf(() => createAssumeRoleWithOidc(wrong))).toBe('SETTING')
  })
})
