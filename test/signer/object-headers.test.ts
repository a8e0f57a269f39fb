import { describe, expect, it } from 'vitest'
import type { AdmittedUpload } from '../../src/signer/admit-upload.ts'
import { buildObjectHeaders } from '../../src/signer/object-headers.ts'
import type { ReadyProfile } from '../../src/signer/profile.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import { createProfile, createUpload } from '../support/samples.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const SECRET = createSecrets(UPCALL_SECRET)

const build = (profile: ReadyProfile, upload: AdmittedUpload) =>
  buildObjectHeaders(profile, upload, SECRET)
/** Encrypted: object-facts.test.ts looks inside. */
const FACTS = { 'x-oss-meta-upcall-facts': expect.stringMatching(/^1[\w-]+$/) }

describe('object headers', () => {
  it('are the id and the ban on overwriting by default, with {id} in the key or not', () => {
    for (const key of ['a/{id}', 'a/{sub}']) {
      expect(build(createProfile({ key }), createUpload())).toEqual({
        'x-oss-meta-upcall-id': ID,
        ...FACTS,
        'x-oss-forbid-overwrite': 'true',
      })
    }
  })

  it('have what the profile gives', () => {
    const profile = createProfile({
      contentDisposition: 'inline',
      cacheControl: 'no-cache',
      storageClass: 'Archive',
    })
    expect(build(profile, createUpload())).toEqual({
      'x-oss-meta-upcall-id': ID,
      ...FACTS,
      'Content-Disposition': 'inline',
      'Cache-Control': 'no-cache',
      'x-oss-storage-class': 'Archive',
      'x-oss-forbid-overwrite': 'true',
    })
  })

  it('allow overwriting only when the profile does', () => {
    const profile = createProfile({ allowOverwrite: true })
    expect(build(profile, createUpload())).toEqual({ 'x-oss-meta-upcall-id': ID, ...FACTS })
  })

  it.each([
    ['text/html', undefined, 'attachment'],
    ['text/html;charset=utf-8', 'inline', 'attachment'],
    ['image/svg+xml', 'attachment; filename=a.svg', 'attachment; filename=a.svg'],
    ['text/html', 'attachmentish', 'attachment'],
    ['application/zip', undefined, 'attachment'],
    ['application/octet-stream', 'inline', 'attachment'],
    ['image/png', undefined, undefined],
    ['application/pdf', 'inline', 'inline'],
  ])('store %s with the disposition %j as %j', (type, contentDisposition, stored) => {
    const profile = createProfile({ types: [type.split(';')[0] ?? ''], contentDisposition })
    const headers = build(profile, createUpload({ type }))
    expect(headers['Content-Disposition']).toBe(stored)
  })
})
