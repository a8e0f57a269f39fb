import { describe, expect, it } from 'vitest'
import { chooseAuthenticate, chooseBeforeUpload } from '../../src/service/choose-hooks.ts'
import { createBearer } from '../support/bearer.ts'
import { START } from '../support/clock.ts'
import { createProfile } from '../support/samples.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'
import { SECRET } from '../support/webhook-samples.ts'

const log = { failure() {}, warning() {} }
const deps = { now: () => START, fetch, newId: () => 'AAAAAAAAAAAAAAAAAAAAAA', log }
const settings = createSettings()
const FILE = { profile: 'sample', name: 'a', type: 'image/png', size: 1 }
const page = new Request('https://a.example.com', { method: 'POST' })

describe('who a request comes from', () => {
  it('says a bearer token by default, without a promise once it is known', async () => {
    const authenticate = chooseAuthenticate(settings, deps)
    const token = await createBearer({ now: START })
    const request = new Request(page, { headers: { authorization: `Bearer ${token}` } })
    expect(authenticate(request)).toMatchObject({ subject: 'user-42' })
  })

  it('says the program’s own function where there is one', async () => {
    const authenticate = chooseAuthenticate({ authenticate: () => ({ subject: 'a' }) }, deps)
    expect(await authenticate(page)).toEqual({ subject: 'a', claims: {} })
  })

  it('says nobody without either', () => {
    expect(() => chooseAuthenticate({}, deps)).toThrow('auth is missing')
  })
})

describe('who is asked before an upload', () => {
  it('is nobody by default', () => {
    expect(chooseBeforeUpload(settings, deps)).toBeUndefined()
  })

  it('is a function, or a webhook with its own limit', async () => {
    const who = { subject: 'a', claims: {} }
    const own = chooseBeforeUpload({ ...settings, onBeforeUpload: () => undefined }, deps)
    expect(await own?.(createProfile(), FILE, who, page)).toMatchObject({ request: FILE })
    const beforeWebhook = { url: 'https://app.example.com', secrets: [SECRET], timeoutMs: 100 }
    const hanging = { ...deps, fetch: () => new Promise<Response>(() => {}) }
    const webhook = chooseBeforeUpload({ ...settings, beforeWebhook }, hanging)
    await expect(webhook?.(createProfile(), FILE, who, page)).rejects.toMatchObject({
      code: 'BEFORE_UPLOAD_FAILED',
    })
  })
})
