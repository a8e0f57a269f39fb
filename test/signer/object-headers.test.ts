import { describe, expect, it } from 'vitest'
import { buildObjectHeaders } from '../../src/signer/object-headers.ts'
import { createProfile, createUpload } from '../support/samples.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'

describe('object headers', () => {
  it('are the id and the ban on overwriting by default, with {id} in the key or not', () => {
    for (const key of ['a/{id}', 'a/{sub}']) {
      expect(buildObjectHeaders(createProfile({ key }), createUpload())).toEqual({
        'x-oss-meta-upcall-id': ID,
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
    expect(buildObjectHeaders(profile, createUpload())).toEqual({
      'x-oss-meta-upcall-id': ID,
      'Content-Disposition': 'inline',
      'Cache-Control': 'no-cache',
      'x-oss-storage-class': 'Archive',
      'x-oss-forbid-overwrite': 'true',
    })
  })

  it('allow overwriting only when the profile does', () => {
    const profile = createProfile({ allowOverwrite: true })
    expect(buildObjectHeaders(profile, createUpload())).toEqual({ 'x-oss-meta-upcall-id': ID })
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
    const headers = buildObjectHeaders(profile, createUpload({ type }))
    expect(headers['Content-Disposition']).toBe(stored)
  })
})
