import { describe, expect, it } from 'vitest'
import { explain } from '../../client/explain.ts'
import { UploadError } from '../../client/http/errors.ts'
import { readError } from '../../client/http/response.ts'
import { createOssError, createProblem, createResponse } from '../support/fake-transport.ts'

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

  it.each(['HTTP_403', 'HTTP_404', 'HTTP_405', 'HTTP_407', 'HTTP_413', 'HTTP_502', 'HTTP_504'])(
    'has a sentence for %s from something that is neither OSS nor the service',
    (code) => {
      const html = createResponse(Number(code.slice(5)), '<html>Forbidden</html>')
      expect(explain(readError(html, 'send'))).toMatch(/^[A-Z].{20,}[.?)]$/)
    },
  )

  it('says for HTML with 200 whether the endpoint is wrong or something is on the way', () => {
    expect(explain(new UploadError('BAD_RESPONSE', 'sign'))).toContain('Is `endpoint` its address?')
    expect(explain(new UploadError('BAD_RESPONSE', 'complete'))).toContain('a sign-in page')
  })

  it('says that the endpoint is the bucket when OSS responds instead of the service', () => {
    const error = readError(createOssError(405, 'MethodNotAllowed'), 'sign')
    expect(explain(error)).toContain('OSS responded instead of the upload service.')
  })

  it.each([
    ['0007-00000202', 'within 5 seconds'],
    ['0007-00000203', 'with status 200'],
    ['0007-00000205', 'not JSON'],
  ])('says why the callback failed with EC %s, and what OSS needs', (ec, words) => {
    const sentence = explain(new UploadError('CONFIRM_FAILED', 'confirm', { ec, retryable: true }))
    expect(sentence).toContain(words)
    expect(sentence).toContain('OSS needs a response with status 200')
    expect(sentence).toContain('resume()')
  })

  it('advises resume() only where it can help', () => {
    const cause = readError(createProblem(500, 'CONFIG'), 'confirm')
    const error = new UploadError('CONFIRM_FAILED', 'confirm', { cause, retryable: false })
    expect(explain(error)).not.toContain('resume()')
    expect(explain(error)).toContain('It is CONFIG.')
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
