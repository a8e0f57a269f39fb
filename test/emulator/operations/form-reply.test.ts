import { describe, expect, it } from 'vitest'
import { defaultUnconfirmed } from '../../../src/emulator/behavior/unconfirmed.ts'
import type { OperationContext } from '../../../src/emulator/operations/context.ts'
import { buildFormReply } from '../../../src/emulator/operations/form-reply.ts'
import type { StoredObject } from '../../../src/emulator/storage/model.ts'

const build = (
  fields: Record<string, string>,
  wantsCallback = false,
  redirectStatus: 302 | 303 | 307 = 303,
) =>
  buildFormReply(
    {
      bucket: { name: 'b', domains: [] },
      key: 'a <b',
      host: 'b.localhost:9',
      request: { secure: false },
      emulator: { unconfirmed: { ...defaultUnconfirmed, redirectStatus } },
    } as unknown as OperationContext,
    { etag: 'E' } as StoredObject,
    new Map(Object.entries(fields)),
    wantsCallback,
  )

describe('the reply to a form', () => {
  it('201 names bucket, key, ETag and place', () => {
    expect(build({ success_action_status: '201' }).body).toContain(
      '<PostResponse><Bucket>b</Bucket><ETag>&quot;E&quot;</ETag><Key>a &lt;b</Key><Location>http://b.localhost:9/a%20%3Cb</Location></PostResponse>',
    )
  })

  it('redirects with the given status, but not with a callback', () => {
    const fields = { success_action_redirect: 'https://a.example/' }
    expect(build(fields).status).toBe(303)
    expect(build(fields, false, 302).status).toBe(302)
    expect(build(fields, true)).toEqual({ status: 200 })
  })

  it('ignores a redirect to nowhere', () => {
    expect(build({ success_action_redirect: 'not a url' })).toEqual({ status: 204 })
  })
})
