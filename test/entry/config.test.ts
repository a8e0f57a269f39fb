import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/entry/config.ts'
import { createService } from '../../src/service/create-service.ts'
import { ConfigError } from '../../src/service/errors.ts'
import { changeEnvironment, ENVIRONMENT } from '../support/environment.ts'
import { PLANTED } from '../support/keys.ts'
import { PROFILES } from '../support/service-with-stub-oss.ts'

function listIssues(changes: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(changeEnvironment(changes))
  } catch (error) {
    if (error instanceof ConfigError) return error.issues
    throw error
  }
  return []
}

describe('what a program brings itself', () => {
  const own = {
    profiles: { own: { key: '{id}', types: ['*'], maxSize: 1 } },
    authenticate: () => ({ subject: 'alice' }),
    onReceipt: async () => ({}),
  }
  const bare = changeEnvironment({
    UPCALL_PROFILES: undefined,
    UPCALL_JWT_SECRET: undefined,
    UPCALL_JWT_ISSUER: undefined,
    UPCALL_JWT_AUDIENCE: undefined,
    UPCALL_WEBHOOK_URL: undefined,
  })

  it('needs no variables, and is in the settings', () => {
    const config = readConfig(bare, { own })
    expect(config).toMatchObject({ ...own, bucket: 'examplebucket' })
    expect(config.auth).toBeUndefined()
    expect(() => createService({ ...config, writeLog: () => {} })).not.toThrow()
  })

  it('counts alone: variables for it are not read', () => {
    const broken = { ...ENVIRONMENT, UPCALL_PROFILES: '{', UPCALL_WEBHOOK_URL: 'ftp://a' }
    const config = readConfig(broken, { own })
    expect(config).toMatchObject({ profiles: own.profiles, auth: undefined, webhook: undefined })
  })

  it.each([
    ['profiles', 'UPCALL_PROFILES'],
    ['authenticate', 'UPCALL_JWT_SECRET'],
    ['onReceipt', 'UPCALL_WEBHOOK_URL'],
  ])('may be a part: without %s the variable %s is needed', (part, name) => {
    const some = { ...own, [part]: undefined }
    const env = part === 'onReceipt' ? { ...bare, UPCALL_WEBHOOK_SECRETS: 'whsec_a' } : bare
    expect(() => readConfig(env, { own: some })).toThrow(name)
  })

  it('is checked: an issue names the setting', () => {
    const wrong = { ...own, profiles: { own: { ...own.profiles.own, maxSize: -1 } } }
    expect(() => readConfig(bare, { own: wrong })).toThrow(
      /UPCALL_PROFILES — The profile "own".*maxSize/,
    )
  })
})

describe('the environment', () => {
  it('becomes settings', () => {
    expect(readConfig(ENVIRONMENT)).toMatchObject({
      bucket: 'examplebucket',
      region: 'cn-hangzhou',
      endpoint: undefined,
      profiles: PROFILES,
      allowedOrigins: ['https://www.example.com', 'https://admin.example.com'],
      host: '127.0.0.1',
      port: 8787,
      sweepSeconds: 300,
      sweepOlderThanSeconds: 120,
    })
  })

  it('says how often to sweep, and from which age on', () => {
    expect(
      readConfig(
        changeEnvironment({ UPCALL_SWEEP_SECONDS: '0', UPCALL_SWEEP_OLDER_THAN_SECONDS: '2' }),
      ),
    ).toMatchObject({ sweepSeconds: 0, sweepOlderThanSeconds: 2 })
  })

  it('may leave out what has a default, blank lines included', () => {
    const config = readConfig(
      changeEnvironment({
        UPCALL_ALLOWED_ORIGINS: '',
        UPCALL_CALLBACK_KEYS: undefined,
        OSS_ENDPOINT: ' ',
        PORT: '0',
        HOST: '0.0.0.0',
        OSS_SESSION_TOKEN: 'token',
      }),
    )
    expect(config).toMatchObject({
      allowedOrigins: [],
      callbackKeys: undefined,
      endpoint: undefined,
      host: '0.0.0.0',
      port: 0,
      credentials: { securityToken: 'token' },
    })
  })

  it('may hold JSON as such, as the variables of a Worker do', () => {
    expect(readConfig({ ...ENVIRONMENT, UPCALL_PROFILES: PROFILES }).profiles).toEqual(PROFILES)
  })

  it('that is empty is told everything at once, each by its variable', () => {
    let issues: readonly string[] = []
    try {
      readConfig({})
    } catch (error) {
      if (error instanceof ConfigError) issues = error.issues
    }
    for (const name of [
      'OSS_BUCKET',
      'OSS_REGION',
      'OSS_ACCESS_KEY_ID',
      'OSS_ACCESS_KEY_SECRET',
      'UPCALL_SECRET',
      'UPCALL_PUBLIC_URL',
      'UPCALL_PROFILES',
      'UPCALL_JWT_SECRET',
      'UPCALL_JWT_ISSUER',
      'UPCALL_JWT_AUDIENCE',
    ]) {
      expect(
        issues.filter((text) => text.startsWith(name)),
        name,
      ).toHaveLength(1)
    }
  })

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['a missing secret', { UPCALL_SECRET: undefined }, /^UPCALL_SECRET is missing; make one/],
    ['a short secret', { UPCALL_SECRET: 'short' }, /^UPCALL_SECRET is shorter than 32 bytes/],
    ['a short JWT secret', { UPCALL_JWT_SECRET: 'short' }, /^UPCALL_JWT_SECRET is shorter/],
    [
      'both ways to verify',
      { UPCALL_JWKS_URL: 'https://a.b/keys' },
      /^UPCALL_JWT_SECRET and UPCALL_JWKS_URL exclude/,
    ],
    ['profiles that are no JSON', { UPCALL_PROFILES: '{' }, /^UPCALL_PROFILES is not JSON/],
    [
      'callback keys that are no JSON',
      { UPCALL_CALLBACK_KEYS: 'PEM' },
      /^UPCALL_CALLBACK_KEYS is not JSON/,
    ],
    ['a port that is none', { PORT: '80a' }, /^PORT must be a number/],
    ['a port too high', { PORT: '65536' }, /^PORT/],
    [
      'more seconds between sweeps than a sweep looks back',
      { UPCALL_SWEEP_SECONDS: '604800' },
      /^UPCALL_SWEEP_SECONDS must be a whole number of seconds, from 0 to 604799\.$/,
    ],
    [
      'an age that no object within the window has',
      { UPCALL_SWEEP_OLDER_THAN_SECONDS: '604800' },
      /^UPCALL_SWEEP_OLDER_THAN_SECONDS must be a whole number/,
    ],
    [
      'seconds with a unit',
      { UPCALL_SWEEP_OLDER_THAN_SECONDS: '2s' },
      /^UPCALL_SWEEP_OLDER_THAN_SECONDS must be a whole number/,
    ],
    [
      'http for the world',
      { UPCALL_PUBLIC_URL: 'http://api.example.com' },
      /^UPCALL_PUBLIC_URL must be an https URL/,
    ],
    [
      'an unknown addressing',
      { OSS_ADDRESSING: 'subdomain' },
      /^OSS_ADDRESSING must be virtual, path or cname/,
    ],
  ])('with %s is told so', (_, changes, words) => {
    expect(listIssues(changes).join('\n')).toMatch(words)
  })

  it('reads several secrets, separated by white space, and the name of the deployment', () => {
    const secrets = ['a'.repeat(32), 'b'.repeat(32)]
    const config = readConfig({
      ...ENVIRONMENT,
      UPCALL_SECRET: ` ${secrets.join(' \n')}\n`,
      UPCALL_DEPLOYMENT: 'staging',
    })
    expect(config).toMatchObject({ secret: secrets, deployment: 'staging' })
    const short = { ...ENVIRONMENT, UPCALL_SECRET: `${secrets[0]} short` }
    expect(() => readConfig(short)).toThrow(/UPCALL_SECRET is shorter than 32 bytes/)
  })

  it('takes keys by URL instead of a secret', () => {
    const changes = { UPCALL_JWT_SECRET: undefined, UPCALL_JWKS_URL: 'https://login.example.com/k' }
    expect(listIssues(changes)).toEqual([])
  })

  it('is never quoted in a issue', () => {
    const changes = Object.fromEntries(
      Object.keys(ENVIRONMENT).map((name) => [name, 'PLANTED value']),
    )
    const text = listIssues(changes).join('\n')
    expect(text).toContain('UPCALL_PROFILES')
    for (const secret of ['PLANTED', ...PLANTED]) expect(text).not.toContain(secret)
  })
})

describe('the webhook before uploads', () => {
  const secret = 'whsec_UExBTlRFRC13ZWJob29rLXNlY3JldC0x'
  const before = {
    UPCALL_BEFORE_URL: 'https://app.example.com/before',
    UPCALL_WEBHOOK_SECRETS: secret,
  }

  it('has its URL and its time limit from the environment, and the secrets of all webhooks', () => {
    expect(readConfig(changeEnvironment(before)).beforeWebhook).toEqual({
      url: before.UPCALL_BEFORE_URL,
      secrets: [secret],
      timeoutMs: undefined,
    })
    const timed = changeEnvironment({ ...before, UPCALL_BEFORE_TIMEOUT_MS: '500' })
    expect(readConfig(timed).beforeWebhook?.timeoutMs).toBe(500)
    expect(readConfig(ENVIRONMENT).beforeWebhook).toBeUndefined()
  })

  it.each<[Record<string, string | undefined>, RegExp]>([
    [{ UPCALL_BEFORE_URL: 'http://app.example.com' }, /^UPCALL_BEFORE_URL must be an https URL/],
    [{ UPCALL_WEBHOOK_SECRETS: undefined }, /^UPCALL_WEBHOOK_SECRETS is missing/],
    [{ UPCALL_BEFORE_TIMEOUT_MS: '2s' }, /^UPCALL_BEFORE_TIMEOUT_MS must be whole milliseconds/],
  ])('with %j is not taken', (changes, issue) => {
    expect(listIssues({ ...before, ...changes })).toEqual([expect.stringMatching(issue)])
  })
})

describe('credentials that expire', () => {
  const role = 'acs:ram::1234567890123456:role/uploader'
  const noKeys = { OSS_ACCESS_KEY_ID: undefined, OSS_ACCESS_KEY_SECRET: undefined }
  const oidc = {
    ALIBABA_CLOUD_ROLE_ARN: role,
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1234567890123456:oidc-provider/ack',
    ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/var/run/secrets/token',
  }
  const keys = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIother',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'other',
    ALIBABA_CLOUD_SECURITY_TOKEN: 'token',
  }
  const readTextFile = async () => 'token'
  const read = (changes: Record<string, string | undefined>) =>
    readConfig(changeEnvironment(changes), { readTextFile }).credentials

  it.each<[string, Record<string, string | undefined>]>([
    ['a role beside keys', { ALIBABA_CLOUD_ROLE_ARN: role }],
    ['a role beside keys of other names', { ...noKeys, ...keys, ALIBABA_CLOUD_ROLE_ARN: role }],
    ['OIDC', { ...noKeys, ...oidc, ALIBABA_CLOUD_STS_REGION: 'cn-hangzhou' }],
    ['a URL', { ...noKeys, ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:9/c' }],
    ['ECS', { ...noKeys, ALIBABA_CLOUD_ECS_METADATA: 'uploader' }],
  ])('are a function with %s', (_, changes) => {
    expect(read(changes)).toBeTypeOf('function')
  })

  it('are not, with keys alone, in either spelling, nor with keys beside what Kubernetes sets', () => {
    const fixed = readConfig(ENVIRONMENT).credentials
    expect(read({ ...keys })).toEqual(fixed)
    expect(read({ ...oidc })).toEqual(fixed)
    expect(read({ ...noKeys, ...keys })).toEqual({
      accessKeyId: 'LTAIother',
      accessKeySecret: 'other',
      securityToken: 'token',
    })
  })

  it.each<[Record<string, string | undefined>, RegExp]>([
    [noKeys, /^OSS_ACCESS_KEY_ID is missing/],
    [{ OSS_ACCESS_KEY_SECRET: undefined }, /^OSS_ACCESS_KEY_SECRET is missing/],
    [{ ALIBABA_CLOUD_ROLE_ARN: 'uploader' }, /ALIBABA_CLOUD_… .*roleArn must be acs:ram/],
    [{ ...noKeys, ...oidc, ALIBABA_CLOUD_ROLE_ARN: undefined }, /^ALIBABA_CLOUD_ROLE_ARN is miss/],
    [{ ...noKeys, ALIBABA_CLOUD_CREDENTIALS_URI: 'http://a.example.com' }, /uri must be an https/],
    [{ ...noKeys, ALIBABA_CLOUD_ECS_METADATA: '../x' }, /roleName/],
    [
      { ALIBABA_CLOUD_ROLE_ARN: role, UPCALL_STS_ENDPOINT: 'http://sts.example.com' },
      /stsEndpoint/,
    ],
  ])('%j are not taken', (changes, issue) => {
    let issues: readonly string[] = []
    try {
      read(changes)
    } catch (error) {
      if (error instanceof ConfigError) issues = error.issues
    }
    expect(issues[0]).toMatch(issue)
  })

  it('cannot come from a file where there are no files', () => {
    expect(listIssues({ ...noKeys, ...oidc })).toEqual([
      expect.stringMatching(/^ALIBABA_CLOUD_OIDC_TOKEN_FILE cannot be read here/),
    ])
  })
})
