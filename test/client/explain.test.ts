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

  it('says what the transform of the page has said', () => {
    const cause = new Error('a.jpg cannot be decoded.')
    expect(explain(new UploadError('TRANSFORM_FAILED', 'transform', { cause }))).toBe(
      'The file could not be prepared for the upload. a.jpg cannot be decoded.',
    )
    expect(explain(new UploadError('TRANSFORM_FAILED', 'transform', { cause: 'x' }))).toBe(
      'The file could not be prepared for the upload.',
    )
  })

  it.each([
    [302, 'redirected'],
    [400, 'refused by neither the upload service nor OSS'],
    [401, 'sign-in'],
    [403, 'a proxy, a firewall or a sign-in page'],
    [407, 'A proxy of this network requires a sign-in.'],
    [413, 'Raise the limit of that proxy'],
    [418, 'refused by neither the upload service nor OSS'],
    [429, 'Too many requests'],
    [431, 'the token in `headers`'],
    [500, 'A server on the way failed.'],
    [502, 'could not reach the server'],
    [511, 'Sign in there'],
    [599, 'A server on the way failed.'],
  ])('has a sentence for HTML with status %i from a proxy or a portal', (status, words) => {
    for (const stage of ['sign', 'send', 'complete', 'confirm'] as const) {
      const sentence = explain(readError(createResponse(status, '<html>No</html>'), stage))
      expect(sentence).toMatch(/^[A-Z].{20,}[.?]$/)
      expect(sentence).toContain(words)
    }
  })

  it.each([404, 405, 410])('says for HTML with status %i which address is wrong', (status) => {
    const html = createResponse(status, '<html>Not found</html>')
    expect(explain(readError(html, 'sign'))).toContain('Is `endpoint` the address of the upload')
    expect(explain(readError(html, 'send'))).toContain('OSS_ENDPOINT')
  })

  it('says for HTML with 200 whether the endpoint is wrong or something is on the way', () => {
    const html = createResponse(200, '<html>Sign in</html>')
    expect(explain(readError(html, 'sign'))).toContain('Is `endpoint` the address of the upload')
    expect(explain(readError(html, 'complete'))).toContain('a proxy or a sign-in page')
  })

  it('says that a page over https cannot connect to an endpoint over http', () => {
    const explainAt = (origin: string, pageProtocol: string) =>
      explain(new UploadError('NETWORK', 'sign', {}, `NETWORK ${origin}`), pageProtocol)
    expect(explainAt('http://uploads.example.com', 'https:')).toContain('begins with http.')
    const broken = 'The connection broke'
    expect(explainAt('https://uploads.example.com', 'https:')).toContain(broken)
    expect(explainAt('http://uploads.example.com', 'http:')).toContain(broken)
    expect(explainAt('http://localhost:3000', 'https:')).toContain(broken)
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
