import { describe, expect, it } from 'vitest'
import { createAssumeRole, createAssumeRoleWithOidc } from '../../../src/credentials/sts.ts'
import { createEmulator, type EmulatorOptions } from '../../../src/emulator/index.ts'
import { toBase64Url } from '../../../src/protocol/bytes.ts'
import { presign } from '../../../src/protocol/index.ts'
import { createClock } from '../../support/clock.ts'
import { ACCESS_KEY } from '../../support/keys.ts'

const roleArn = 'acs:ram::1000000000000000:role/upcall'

function createSetup(options: Partial<EmulatorOptions> = {}) {
  const clock = createClock()
  const oss = createEmulator({ accessKeys: [ACCESS_KEY], sts: true, now: clock.now, ...options })
  const fetcher: typeof fetch = (input, init) => oss.fetch(new Request(input, init))
  const role = { roleArn, stsEndpoint: 'http://localhost', fetch: fetcher, now: clock.now }
  return { clock, oss, role }
}

function send(
  { oss, clock }: ReturnType<typeof createSetup>,
  credentials: { accessKeyId: string; accessKeySecret: string; securityToken?: string },
  key: string,
) {
  const request = {
    method: 'PUT',
    bucket: 'examplebucket',
    region: 'cn-hangzhou',
    endpoint: 'http://localhost',
    key,
  }
  const { url } = presign(request, { credentials, now: clock.now(), expiresInSeconds: 60 })
  return oss.fetch(new Request(url, { method: 'PUT', body: new Uint8Array([1]) }))
}

describe('a key of the local STS', () => {
  it('is accepted by the local OSS until its end, and only with its token', async () => {
    const setup = createSetup()
    const own = { ...setup.role, credentials: ACCESS_KEY, durationSeconds: 900 }
    const issued = await createAssumeRole(own)()
    expect(issued.accessKeyId).toMatch(/^STS\.\w{24}$/)
    expect(issued.expiration).toEqual(new Date(setup.clock.now().getTime() + 900_000))
    expect((await send(setup, issued, 'a')).status).toBe(200)
    const { securityToken: _, ...bare } = issued
    expect(await (await send(setup, bare, 'a')).text()).toContain('InvalidAccessKeyId')
    const other = { ...issued, securityToken: 'x' }
    expect(await (await send(setup, other, 'a')).text()).toContain('InvalidSecurityToken')
    setup.clock.advance(900)
    expect(await (await send(setup, issued, 'a')).text()).toContain('SecurityTokenExpired')
  })

  it('may do only what its session policy allows', async () => {
    const setup = createSetup()
    const policy = JSON.stringify({
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: ['oss:PutObject'], Resource: ['acs:oss:*:*:examplebucket/u/*'] },
      ],
    })
    const issued = await createAssumeRole({ ...setup.role, credentials: ACCESS_KEY, policy })()
    expect((await send(setup, issued, 'u/1')).status).toBe(200)
    expect((await send(setup, issued, 'v/1')).status).toBe(403)
    expect((await send(setup, ACCESS_KEY, 'v/1')).status).toBe(200)
  })

  it('is issued for an OIDC token, without any key', async () => {
    const setup = createSetup()
    const exp = setup.clock.now().getTime() / 1000 + 60
    const oidc = {
      ...setup.role,
      oidcProviderArn: 'acs:ram::1000000000000000:oidc-provider/ack',
      readToken: () => `h.${toBase64Url(JSON.stringify({ exp }))}.s`,
    }
    const provide = createAssumeRoleWithOidc(oidc)
    expect((await send(setup, await provide(), 'a')).status).toBe(200)
    setup.clock.advance(60)
    await expect(provide()).rejects.toThrow('400 AuthenticationFail.OIDCToken.Expired')
  })

  it('is issued anew each time, two at once, too', async () => {
    const { role } = createSetup()
    const provide = createAssumeRole({ ...role, credentials: ACCESS_KEY })
    const issued = await Promise.all([provide(), provide(), provide()])
    expect(new Set(issued.map(({ accessKeyId }) => accessKeyId)).size).toBe(3)
  })
})

describe('the local STS', () => {
  it.each([
    [
      'an unknown key',
      { accessKeyId: 'x', accessKeySecret: 'y' },
      '404 InvalidAccessKeyId.NotFound',
    ],
    ['another secret', { ...ACCESS_KEY, accessKeySecret: 'y' }, '400 SignatureDoesNotMatch'],
  ])('refuses %s', async (_, credentials, words) => {
    const { role } = createSetup()
    await expect(createAssumeRole({ ...role, credentials })()).rejects.toThrow(words)
  })

  it('refuses a nonce that it has seen', async () => {
    const { oss, role } = createSetup()
    const requests: Request[] = []
    const fetcher: typeof fetch = (input, init) => {
      const request = new Request(input, init)
      requests.push(request.clone() as Request)
      return oss.fetch(request)
    }
    await createAssumeRole({ ...role, credentials: ACCESS_KEY, fetch: fetcher })()
    const again = await oss.fetch(requests[0] ?? new Request('http://localhost'))
    expect(await again.json()).toMatchObject({ Code: 'SignatureNonceUsed' })
  })

  it('knows two actions, of one version', async () => {
    const { oss } = createSetup()
    for (const query of ['Action=GetCallerIdentity&Version=2015-04-01', 'Action=AssumeRole']) {
      const response = await oss.fetch(
        new Request(`http://localhost/?${query}`, { method: 'POST' }),
      )
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ Code: 'InvalidAction.NotFound' })
    }
  })

  it('is in the log by its action, without a token', async () => {
    const { oss, role } = createSetup()
    await createAssumeRole({ ...role, credentials: ACCESS_KEY })()
    expect(oss.log.requests).toMatchObject([{ operation: 'AssumeRole', path: '/', status: 200 }])
    expect(JSON.stringify(oss.log.requests)).not.toMatch(/CAIS|STS\./)
  })

  it('fails as planned', async () => {
    const faults = { onRequest: () => ({ kind: 'error', status: 503 }) as const }
    const { role } = createSetup({ faults })
    const provide = createAssumeRole({ ...role, credentials: ACCESS_KEY })
    await expect(provide()).rejects.toMatchObject({ code: 'RESPONSE' })
  })

  it('is not there unless it is asked for, and leaves the calls of OSS alone', async () => {
    const without = createSetup({ sts: false })
    await expect(
      createAssumeRole({ ...without.role, credentials: ACCESS_KEY })(),
    ).rejects.toMatchObject({ name: 'CredentialsError' })
    const { oss } = createSetup()
    const response = await oss.fetch(new Request('http://localhost/'))
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ])
  })
})
