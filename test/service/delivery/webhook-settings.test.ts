import { describe, expect, it } from 'vitest'
import {
  checkWebhookSettings,
  type WebhookSettings,
} from '../../../src/service/delivery/webhook-settings.ts'
import { OTHER_SECRET, SECRET } from '../../support/webhook-samples.ts'

const url = 'https://app.example.com/hooks/upcall?tenant=7'
const secrets = [SECRET]
const check = (settings: object) =>
  checkWebhookSettings(settings as WebhookSettings).map(
    ({ setting, words }) => `${setting} ${words}`,
  )

describe('the settings of the webhook', () => {
  it.each([
    ['a URL with a query', { url, secrets }],
    ['two secrets', { url, secrets: [SECRET, OTHER_SECRET] }],
    ['http within this machine', { url: 'http://127.0.0.1:3000/hook', secrets }],
    ['a private address over https', { url: 'https://10.0.0.5/hook', secrets }],
  ])('can be %s', (_, settings) => {
    expect(check(settings)).toEqual([])
  })

  it.each([
    ['no URL', { secrets }, /^url is missing/],
    ['an empty URL', { url: '', secrets }, /^url is missing/],
    ['a URL without a scheme', { url: 'app.example.com', secrets }, /^url must be an https URL/],
    ['http to another machine', { url: 'http://10.0.0.5/hook', secrets }, /must be an https URL/],
    ['another scheme', { url: 'file:///etc/passwd', secrets }, /must be an https URL/],
    ['a user', { url: 'https://user@app.example.com', secrets }, /no user or password/],
    ['a password', { url: 'https://:pw@app.example.com', secrets }, /no user or password/],
    ['a fragment', { url: `${url}#a`, secrets }, /no fragment/],
    ['no secret', { url, secrets: [] }, /^secrets is missing; make one/],
    ['undefined secrets', { url }, /^secrets is missing; make one/],
    ['a secret without its prefix', { url, secrets: [SECRET.slice(6)] }, /no secret in place 1/],
    ['a second secret too short', { url, secrets: [SECRET, 'whsec_AAAA'] }, /no secret in place 2/],
    ['a number as secret', { url, secrets: [7] }, /no secret in place 1/],
    ['the same secret twice', { url, secrets: [SECRET, SECRET] }, /the same secret twice/],
    [
      'eleven secrets',
      {
        url,
        secrets: Array.from({ length: 11 }, (_, at) => `whsec_${btoa(`${at + 10}`.repeat(12))}`),
      },
      /^secrets has more than 10 secrets/,
    ],
  ])('cannot be %s', (_, settings, words) => {
    const issues = check(settings)
    expect(issues.length).toBe(1)
    expect(issues[0]).toMatch(words)
  })

  it('are checked all at once, without a value', () => {
    const issues = check({
      url: 'http://u:PLANTED@PLANTED/?PLANTED',
      secrets: ['PLANTED', 'whsec_PLANTED'],
    })
    expect(issues.map((issue) => issue.split(' ')[0])).toEqual(['url', 'secrets', 'secrets'])
    expect(issues.join()).not.toContain('PLANTED')
    expect(check({ url: 'https://u@a.b/#c', secrets: [] }).length).toBe(3)
  })
})
