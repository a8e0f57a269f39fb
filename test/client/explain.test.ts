import { describe, expect, it } from 'vitest'
import { explain } from '../../client/explain.ts'
import { UploadError } from '../../client/http/errors.ts'
import { readError } from '../../client/http/response.ts'
import { createOssError, createProblem } from '../support/fake-transport.ts'

describe('explain', () => {
  it.each([
    'ABORTED',
    'CORS',
    'CSP',
    'OFFLINE',
    'NETWORK',
    'STALLED',
    'CONFIRM_FAILED',
    'AccessDenied',
  ])('has a sentence of its own for %s', (code) => {
    const sentence = explain(new UploadError(code, 'send'))
    expect(sentence).toMatch(/^[A-Z].{20,}\.$/)
    expect(sentence).not.toContain('send:')
  })

  it('names the request and EC that support will ask for', () => {
    const error = readError(createOssError(403, 'AccessDenied', '0006-00000226'), 'send')
    expect(explain(error)).toContain('(request 5C3D, EC 0006-00000226)')
  })

  it("passes on the service's own words", () => {
    expect(explain(readError(createProblem(415, 'TYPE_REFUSED'), 'sign'))).toContain(
      'It is TYPE_REFUSED.',
    )
  })
})
