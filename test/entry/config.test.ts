import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/entry/config.ts'
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
