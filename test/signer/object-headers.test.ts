import { describe, expect, it } from 'vitest'
import { buildObjectHeaders } from '../../src/signer/object-headers.ts'
import { createProfile, createUpload } from '../support/samples.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'

describe('object headers', () => {
  it('are only the id by default', () => {
    expect(buildObjectHeaders(createProfile(), createUpload())).toEqual({
      'x-oss-meta-upcall-id': ID,
    })
  })

  it('have what the profile gives', () => {
    const profile = createProfile({
      contentDisposition: 'inline',
      cacheControl: 'no-cache',
      storageClass: 'Archive',
    })
    expect(buildObjectHeaders(profile, createUpload())).toEqual({
      'x-oss-meta-upcall-id': ID,
      'Content-Disposition': 'inline',
      'Cache-Control': 'no-cache',
      'x-oss-storage-class': 'Archive',
    })
  })

  it('forbid overwriting where two uploads may have the same key', () => {
    const headers = buildObjectHeaders(createProfile({ key: 'a/{sub}' }), createUpload())
    expect(headers['x-oss-forbid-overwrite']).toBe('true')
  })

  it.each([
    ['text/html', undefined, 'attachment'],
    ['text/html;charset=utf-8', 'inline', 'attachment'],
    ['image/svg+xml', 'attachment; filename=a.svg', 'attachment; filename=a.svg'],
    ['text/html', 'attachmentish', 'attachment'],
  ])('make %s with %j an attachment', (type, contentDisposition, stored) => {
    const profile = createProfile({ types: [type.split(';')[0] ?? ''], contentDisposition })
    const headers = buildObjectHeaders(profile, createUpload({ type }))
    expect(headers['Content-Disposition']).toBe(stored)
  })
})
