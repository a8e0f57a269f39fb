import { describe, expect, it } from 'vitest'
import {
  listWebhookIssues,
  splitWebhookSecrets,
} from '../../../src/service/delivery/webhook-settings.ts'
import { OTHER_SECRET, SECRET } from '../../support/webhook-samples.ts'

const url = 'https://app.example.com/hooks/upcall?tenant=7'
const secrets = [SECRET]

describe('the settings of the webhook', () => {
  it.each([
    ['nothing', {}],
    ['empty texts', { url: '', secrets: [] }],
    ['a URL with a query', { url, secrets }],
    ['two secrets', { url, secrets: [SECRET, OTHER_SECRET] }],
    ['http within this machine', { url: 'http://127.0.0.1:3000/hook', secrets }],
    ['a private address over https', { url: 'https://10.0.0.5/hook', secrets }],
  ])('can be %s', (_, settings) => {
    expect(listWebhookIssues(settings)).toEqual([])
  })

  it.each([
    ['no secret', { url }, /^webhook\.secrets is missing, while webhook\.url is set; make one/],
    ['no URL', { secrets }, /^webhook\.url is missing, while webhook\.secrets is set/],
    ['a URL without a scheme', { url: 'app.example.com', secrets }, /must be an https URL/],
    ['http to another machine', { url: 'http://10.0.0.5/hook', secrets }, /must be an https URL/],
    ['another scheme', { url: 'file:///etc/passwd', secrets }, /must be an https URL/],
    ['a user', { url: 'https://user@app.example.com', secrets }, /no user or password/],
    ['a password', { url: 'https://:pw@app.example.com', secrets }, /no user or password/],
    ['a fragment', { url: `${url}#a`, secrets }, /no fragment/],
    ['a secret without its prefix', { url, secrets: [SECRET.slice(6)] }, /no secret in place 1/],
    ['a second secret too short', { url, secrets: [SECRET, 'whsec_AAAA'] }, /no secret in place 2/],
    ['the same secret twice', { url, secrets: [SECRET, SECRET] }, /the same secret twice/],
    [
      'eleven secrets',
      {
        url,
        secrets: Array.from({ length: 11 }, (_, at) => `whsec_${btoa(`${at + 10}`.repeat(12))}`),
      },
      /^webhook\.secrets has more than 10 secrets\.$/,
    ],
  ])('cannot be %s', (_, settings, words) => {
    expect(listWebhookIssues(settings).join('\n')).toMatch(words)
  })

  it('are checked all at once, each issue by the name of its variable, without a value', () => {
    const settings = {
      url: 'http://u:PLANTED@PLANTED/?PLANTED',
      secrets: ['PLANTED', 'whsec_PLANTED'],
    }
    const names = { url: 'UPCALL_WEBHOOK_URL', secrets: 'UPCALL_WEBHOOK_SECRETS' }
    const issues = listWebhookIssues(settings, names)
    expect(issues.map((issue) => issue.split(' ')[0])).toEqual([
      'UPCALL_WEBHOOK_URL',
      'UPCALL_WEBHOOK_SECRETS',
      'UPCALL_WEBHOOK_SECRETS',
    ])
    expect(issues.join()).not.toContain('PLANTED')
  })

  it.each([
    [undefined, []],
    [' ', []],
    [SECRET, [SECRET]],
    [` ${SECRET} , ${OTHER_SECRET}\n`, [SECRET, OTHER_SECRET]],
    [`${SECRET},,`, [SECRET]],
  ])('are read from the text %o', (text, list) => {
    expect(splitWebhookSecrets(text)).toEqual(list)
  })
})
