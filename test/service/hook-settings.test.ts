import { describe, expect, it } from 'vitest'
import { findHookIssues } from '../../src/service/hook-settings.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '../support/keys.ts'
import { createProfile } from '../support/samples.ts'
import { SECRET } from '../support/webhook-samples.ts'

type Settings = Parameters<typeof findHookIssues>[0]

const auth = { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE }
const beforeWebhook = { url: 'https://app.example.com/before?a=b', secrets: [SECRET] }
const tenants = createProfile({ key: '{tenant}/{id}', keyValues: ['tenant'] })

const list = (settings: Settings, profiles = [createProfile()]) =>
  [...findHookIssues(settings, profiles)].map((issue) => issue.join(' '))

describe('the settings of the hooks', () => {
  it('that fit have no issue', () => {
    expect(list({ auth })).toEqual([])
    expect(list({ authenticate: () => null, onBeforeUpload: () => undefined })).toEqual([])
    expect(
      list({ auth, beforeWebhook: { ...beforeWebhook, timeoutMs: 30_000 } }, [tenants]),
    ).toEqual([])
  })

  it.each<[string, Settings, RegExp]>([
    ['two ways to know users', { auth, authenticate: () => null }, /^auth .*exclude/],
    ['two to ask', { onBeforeUpload: () => undefined, beforeWebhook }, /^beforeUrl .*exclude/],
    ['http', { beforeWebhook: { ...beforeWebhook, url: 'http://app.example.com' } }, /^beforeUrl/],
    ['a user', { beforeWebhook: { ...beforeWebhook, url: 'https://u:p@a.example' } }, /^beforeUrl/],
    ['a file', { beforeWebhook: { ...beforeWebhook, url: 'file:///etc/passwd' } }, /^beforeUrl/],
    ['no secret', { beforeWebhook: { ...beforeWebhook, secrets: [] } }, /^beforeSecrets/],
    ['no time', { beforeWebhook: { ...beforeWebhook, timeoutMs: 0 } }, /^beforeTimeoutMs/],
    ['a long time', { beforeWebhook: { ...beforeWebhook, timeoutMs: 60_000 } }, /^beforeTimeoutMs/],
    ['NaN', { beforeWebhook: { ...beforeWebhook, timeoutMs: Number.NaN } }, /^beforeTimeoutMs/],
  ])('with %s have one', (_, settings, issue) => {
    expect(list(settings)).toEqual([expect.stringMatching(issue)])
  })

  it('do not go with key values that nobody gives', () => {
    expect(list({ auth }, [tenants])).toEqual([
      expect.stringMatching(/^profiles — sample.keyValues/),
    ])
  })
})
