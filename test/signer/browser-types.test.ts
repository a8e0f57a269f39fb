import { describe, expect, it } from 'vitest'
import { isActiveType, isShownType, isSniffedType } from '../../src/signer/browser-types.ts'
import { buildObjectHeaders } from '../../src/signer/object-headers.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import { createProfile, createUpload } from '../support/samples.ts'
import vectors from '../vectors/mime-types.json' with { type: 'json' }

function sortOut(type: string): string {
  if (isActiveType(type)) return 'active'
  if (isSniffedType(type)) return 'sniffed'
  return isShownType(type) ? 'shown' : 'other'
}

describe('types of the MIME sniffing standard', () => {
  it.each(vectors)('$name', ({ input, expect: wanted }) => {
    expect(sortOut(input.type)).toBe(wanted.kind)
  })

  it.each(vectors)('$name: inline only when it is shown', ({ input, expect: wanted }) => {
    const profile = createProfile({ types: ['*'], contentDisposition: 'inline' })
    const upload = createUpload({ type: input.type })
    const headers = buildObjectHeaders(profile, upload, createSecrets(UPCALL_SECRET))
    const stored = wanted.kind === 'shown' ? 'inline' : 'attachment'
    expect(headers['Content-Disposition']).toBe(stored)
  })

  it.each(vectors)(
    '$name: allowed by a wildcard only when not active',
    ({ input, expect: wanted }) => {
      for (const types of [['*'], [`${input.type.split('/')[0]}/*`], ['*/*']]) {
        expect(createProfile({ types }).accepts(input.type)).toBe(wanted.kind !== 'active')
      }
    },
  )
})

describe('types that browsers may run', () => {
  it.each([
    'text/html',
    'application/xhtml+xml',
    'image/svg+xml',
    'text/xml',
    'application/xml',
    'application/rss+xml',
    'text/javascript',
    'application/javascript',
    'application/x-javascript',
    'text/ecmascript',
    'application/mathml+xml',
    'text/xsl',
    'multipart/related',
    'message/rfc822',
    'application/x-shockwave-flash',
  ])('include %s', (type) => {
    expect(isActiveType(type)).toBe(true)
  })

  it.each([
    'image/png',
    'text/plain',
    'application/pdf',
    'application/json',
    'video/mp4',
    'text/css',
  ])('do not include %s', (type) => {
    expect(isActiveType(type)).toBe(false)
  })
})

describe('other types', () => {
  it.each([
    'application/javascript1.1',
    'application/x-javascript1.5',
    'text/vbscript',
    'text/xsl',
    'text/x-component',
    'text/cache-manifest',
    'multipart/related',
    'multipart/x-mixed-replace',
    'message/rfc822',
    'application/x-mimearchive',
    'application/x-shockwave-flash',
    'application/wasm',
  ])('%s is active', (type) => expect(sortOut(type)).toBe('active'))

  it.each([
    'application/zip',
    'text/css',
    'text/markdown',
    'image/unheard-of',
    'video/x-flv',
    'a/b',
  ])('%s is neither run nor shown', (type) => expect(sortOut(type)).toBe('other'))
})
