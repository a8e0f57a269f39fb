import { describe, expect, it } from 'vitest'
import {
  checkAllSettings,
  checkSettings,
  chooseAddressing,
  type Settings,
} from '../../src/service/settings.ts'
import { JWT_AUDIENCE, JWT_ISSUER, UPCALL_SECRET } from '../support/keys.ts'
import { codeOf } from '../support/samples.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

const who = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE }

describe('settings', () => {
  it('that are good pass', () => {
    expect(checkAllSettings(createSettings()).issues).toEqual([])
    expect([...checkSettings(createSettings()).keys()]).toContain('avatar')
  })

  it.each<[string, Partial<Settings>, RegExp]>([
    ['no bucket', { bucket: '' }, /^bucket is missing/],
    ['a bucket in capitals', { bucket: 'My_Bucket' }, /^bucket is no bucket name/],
    ['an endpoint for a region', { region: 'oss-cn-hangzhou' }, /^region .*not oss-cn-hangzhou/],
    ['an endpoint without a scheme', { endpoint: 'files.example.com' }, /^endpoint must be https/],
    ['an endpoint with a path', { endpoint: 'https://files.example.com/a' }, /^endpoint/],
    [
      'an internal endpoint with a user',
      { internalEndpoint: 'https://u@a.b' },
      /^internalEndpoint/,
    ],
    ['an unknown addressing', { addressing: 'dns' as 'path' }, /^addressing/],
    [
      'no AccessKey',
      { credentials: { accessKeyId: '', accessKeySecret: '' } },
      /credentials\.accessKeyId.*\n.*credentials\.accessKeySecret/,
    ],
    [
      'a short token of the operator',
      { operatorToken: 'x'.repeat(31) },
      /^operatorToken is shorter/,
    ],
    [
      'one that no header can have',
      { operatorToken: 'a b'.repeat(12) },
      /^operatorToken has characters/,
    ],
    ['a Chinese one', { operatorToken: '令'.repeat(32) }, /^operatorToken has characters/],
    ['no secret', { secret: '' }, /^secret is missing; make one/],
    ['a short secret', { secret: 'x'.repeat(31) }, /^secret is shorter than 32 bytes/],
    ['no secret at all', { secret: [] }, /^secret is missing; make one/],
    [
      'one short secret of two',
      { secret: [UPCALL_SECRET, 'x'] },
      /^secret is shorter than 32 bytes/,
    ],
    ['a deployment with a space', { deployment: 'a b' }, /^deployment must be/],
    [
      'the same secret twice',
      { auth: { secret: UPCALL_SECRET, ...who } },
      /secret and auth\.secret are the same/,
    ],
    ['no public URL', { publicUrl: '' }, /^publicUrl is missing/],
    [
      'a public URL over http',
      { publicUrl: 'http://api.example.com' },
      /^publicUrl must be an https URL/,
    ],
    [
      'a public URL with a query',
      { publicUrl: 'https://api.example.com/?a=1' },
      /^publicUrl must have no query/,
    ],
    [
      'a public URL in IPv6',
      { publicUrl: 'https://[2001:db8::1]/' },
      /^publicUrl must be a host name or IPv4/,
    ],
    [
      'a public URL that is none',
      { publicUrl: 'api.example.com' },
      /^publicUrl must be an https URL/,
    ],
    ['no profiles', { profiles: {} }, /^profiles/],
    [
      'no way to verify tokens',
      { auth: { secret: '', ...who } },
      /auth\.secret and auth\.jwksUrl are both missing/,
    ],
    [
      'two ways to verify tokens',
      { auth: { secret: 'x'.repeat(32), jwksUrl: 'https://a.b', ...who } as Settings['auth'] },
      /exclude each other/,
    ],
    ['a short JWT secret', { auth: { secret: 'short', ...who } }, /auth\.secret is shorter/],
    [
      'keys over http',
      { auth: { jwksUrl: 'http://login.example.com/keys', ...who } },
      /auth\.jwksUrl must be an https URL/,
    ],
    [
      'no issuer',
      { auth: { secret: 'x'.repeat(32), issuer: '', audience: 'a' } },
      /auth\.issuer is missing/,
    ],
    [
      'no audience',
      { auth: { secret: 'x'.repeat(32), issuer: 'i', audience: '' } },
      /auth\.audience is missing/,
    ],
    ['an origin with a path', { allowedOrigins: ['https://www.example.com/'] }, /^allowedOrigins/],
    ['an origin without a scheme', { allowedOrigins: ['www.example.com'] }, /^allowedOrigins/],
    ['no callback key', { callbackKeys: {} }, /^callbackKeys names no key/],
    ['a callback key that is none', { callbackKeys: { 'https://a.b/': 'PEM' } }, /^callbackKeys/],
  ])('with %s are complained about', (_, more, words) => {
    const { issues } = checkAllSettings({ ...createSettings(), ...more })
    expect(issues.join('\n')).toMatch(words)
    expect(codeOf(() => checkSettings({ ...createSettings(), ...more }))).toBe('CONFIG')
  })

  it('allow http within this machine, with a local OSS', () => {
    for (const publicUrl of ['http://localhost:8787', 'http://127.0.0.1:8787/up']) {
      for (const endpoint of [
        'http://127.0.0.1:9000',
        'http://localhost:9000',
        'http://oss:9000',
      ]) {
        expect(checkAllSettings({ ...createSettings(), publicUrl, endpoint }).issues).toEqual([])
      }
    }
  })

  it.each([
    'http://localhost:8787',
    'http://127.0.0.1:8787',
    'https://10.1.2.3',
    'https://172.16.0.1',
    'https://192.168.1.5/up',
    'https://169.254.169.254',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://3232235777',
    'https://upcall',
    'https://nas.local',
    'https://api.corp.internal',
    'https://api.test',
  ])('refuse %s for callbacks of the real OSS', (publicUrl) => {
    for (const endpoint of [
      undefined,
      'https://oss-cn-hangzhou.aliyuncs.com',
      'https://files.example.com',
    ]) {
      expect(checkAllSettings({ ...createSettings(), publicUrl, endpoint }).issues).toEqual([
        expect.stringMatching(/^publicUrl is an address that OSS cannot reach/),
      ])
    }
  })

  it('refuse such an address in a profile, too', () => {
    const profile = { key: 'd/{id}', types: ['*'], maxSize: 1 }
    const profiles = {
      one: { ...profile, callback: { url: ['https://a.example.com/cb', 'https://10.0.0.1/cb'] } },
      two: { ...profile, callback: { url: 'https://backend/cb' } },
    }
    expect(checkAllSettings({ ...createSettings(), profiles }).issues).toEqual([
      expect.stringMatching(/^profiles — one\.callback\.url is an address that OSS cannot reach/),
      expect.stringMatching(/^profiles — two\.callback\.url/),
    ])
    const endpoint = 'http://127.0.0.1:9000'
    expect(checkAllSettings({ ...createSettings(), profiles, endpoint }).issues).toEqual([])
  })

  it.each([undefined, null, {}, 'secret', []])(
    'without auth, or with %j, say what is missing',
    (auth) => {
      const { issues } = checkAllSettings({ ...createSettings(), auth: auth as never })
      expect(issues).toEqual([
        'auth.secret and auth.jwksUrl are both missing; set the one that verifies tokens.',
        expect.stringMatching(/^auth\.issuer is missing/),
        expect.stringMatching(/^auth\.audience is missing/),
      ])
    },
  )

  it('never show a value in an issue', () => {
    const settings = {
      ...createSettings(),
      bucket: 'PLANTED_1',
      region: 'PLANTED_2',
      endpoint: 'PLANTED_3',
      secret: 'PLANTED_4',
      publicUrl: 'PLANTED_5',
      auth: { secret: 'PLANTED_6', issuer: '', audience: '' },
      allowedOrigins: ['PLANTED_7'],
      callbackKeys: { PLANTED_8: 'PLANTED_9' },
    }
    const text = checkAllSettings(settings).issues.join('\n')
    expect(text.split('\n').length).toBeGreaterThanOrEqual(9)
    expect(text).not.toContain('PLANTED')
  })
})

describe('addresses', () => {
  it.each([
    ['https://files.example.com', 'cname'],
    ['https://oss-cn-hangzhou.aliyuncs.com', undefined],
    ['https://oss-accelerate.aliyuncs.com', undefined],
    ['https://evilaliyuncs.com', 'cname'],
    ['http://127.0.0.1:9000', undefined],
    ['http://localhost:9000', undefined],
    ['http://[::1]:9000', undefined],
    ['http://10.0.0.5:9000', undefined],
    [undefined, undefined],
  ])('of the bucket at %s', (endpoint, addressing) => {
    expect(chooseAddressing(endpoint)).toBe(addressing)
  })
})
