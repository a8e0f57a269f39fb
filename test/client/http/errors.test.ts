import { describe, expect, it } from 'vitest'
import { isExpired, toUploadError, UploadError } from '../../../client/http/errors.ts'

it.each([
  ['AccessDenied', '0002-00000236', true],
  ['AccessDenied', '0002-00000069', true],
  ['AccessDenied', '0006-00000213', true],
  ['SecurityTokenExpired', undefined, true],
  ['AccessDenied', '0006-00000226', false],
  ['AccessDenied', undefined, false],
])('%s with EC %s means expired: %s', (code, ec, expected) => {
  expect(isExpired(new UploadError(code, 'send', { ec }))).toBe(expected)
})

describe('a thrown value', () => {
  it('that was ours stays itself', () => {
    const error = new UploadError('NETWORK', 'send')
    expect(toUploadError(error, 'sign')).toBe(error)
  })

  it('is a file that cannot be read', () => {
    const cause = new DOMException('gone', 'NotReadableError')
    expect(toUploadError(cause, 'send')).toMatchObject({ code: 'FILE_UNREADABLE', cause })
  })

  it.each([undefined, null, 'text', new TypeError('x is not a function')])(
    '%s is UNEXPECTED',
    (thrown) => {
      expect(toUploadError(thrown, 'send')).toMatchObject({ code: 'UNEXPECTED', retryable: false })
    },
  )

  it.each(['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'])(
    'is worth another try when a browser says "%s"',
    (text) => expect(toUploadError(new TypeError(text), 'sign').retryable).toBe(true),
  )
})

it('is called AbortError when cancelled, as everywhere on the web', () => {
  expect(new UploadError('ABORTED', 'abort').name).toBe('AbortError')
})
