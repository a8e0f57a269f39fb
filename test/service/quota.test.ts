import { describe, expect, it } from 'vitest'
import type { QuotaRequest } from '../../src/service/quota.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const FORM = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5, vars: { album: 'a' } }

describe('the quota of the application', () => {
  it('is told what the profile admits, and lets it happen', async () => {
    const seen: QuotaRequest[] = []
    const setup = createServiceWithStubOss({
      checkQuota: (request) => {
        seen.push(request)
        return undefined
      },
    })
    expect((await setup.post('/uploads', FORM)).status).toBe(201)
    expect(await readProblem(await setup.post('/uploads', { ...FORM, size: 0 }))).toBe(
      '400 FILE_TOO_SMALL',
    )
    expect(seen).toEqual([
      {
        subject: 'user-42',
        profile: 'avatar',
        key: expect.stringMatching(/^avatars\//),
        name: 'me.png',
        type: 'image/png',
        size: 5,
        vars: { album: 'a' },
        method: 'form',
      },
    ])
  })

  it('refuses for good, or for now', async () => {
    const forGood = createServiceWithStubOss({
      checkQuota: async () => ({ message: 'Your space is full.' }),
    })
    const refused = await forGood.post('/uploads', FORM)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      error: { code: 'QUOTA_EXCEEDED', message: 'Your space is full.', retryable: false },
    })
    const forNow = createServiceWithStubOss({
      checkQuota: () => ({ message: 'One file a minute.', retryAfterSeconds: 60 }),
    })
    const later = await forNow.post('/uploads', FORM)
    expect(later.headers.get('retry-after')).toBe('60')
    expect(await readProblem(later)).toBe('429 QUOTA_EXCEEDED')
  })

  it('refuses before an upload is opened on OSS', async () => {
    const setup = createServiceWithStubOss({ checkQuota: () => ({ message: 'full' }) })
    const request = {
      profile: 'any',
      name: 'a',
      type: 'video/mp4',
      size: 300_000,
      method: 'multipart',
    }
    expect(await readProblem(await setup.post('/uploads', request))).toBe('403 QUOTA_EXCEEDED')
    expect(setup.requests).toEqual([])
  })

  it('that throws lets nothing pass, and is logged', async () => {
    const setup = createServiceWithStubOss({
      checkQuota: () => {
        throw new Error('database is down')
      },
    })
    expect(await readProblem(await setup.post('/uploads', FORM))).toBe('500 INTERNAL')
    expect(setup.lines.join()).toContain('database is down')
  })
})
