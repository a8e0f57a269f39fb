import { describe, expect, it } from 'vitest'
import { parseJson, readError } from '../../../client/http/response.ts'
import { createOssError, createProblem, createResponse } from '../../support/fake-transport.ts'

describe('an error', () => {
  it('of the service has its code, request id and whether to repeat', () => {
    const error = readError(createProblem(409, 'OBJECT_EXISTS', true), 'confirm')
    expect(error).toMatchObject({
      ...{ name: 'UploadError', code: 'OBJECT_EXISTS', stage: 'confirm', status: 409 },
      ...{ requestId: 'req-1', retryable: true },
    })
    expect(error.message).toContain('It is OBJECT_EXISTS.')
  })

  it("of OSS has code, EC and request id, and nothing of the document's secrets", () => {
    const error = readError(createOssError(403, 'SignatureDoesNotMatch', '0002-00000201'), 'send')
    expect(error).toMatchObject({ code: 'SignatureDoesNotMatch', ec: '0002-00000201' })
    expect(error).toMatchObject({ requestId: '5C3D', retryable: false })
    expect(`${error.message}${JSON.stringify(error)}`).not.toContain('PLANTED')
  })

  it('of OSS loses the quoted policy condition: it may hold the security token', () => {
    const text =
      '<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy Condition failed: ["eq", "$x-oss-security-token", "PLANTED"]</Message></Error>'
    expect(readError(createResponse(403, text), 'send').message).not.toContain('PLANTED')
  })

  it('of a gateway has the status as code', () => {
    expect(readError(createResponse(502, '<html>Bad gateway</html>'), 'sign').code).toBe('HTTP_502')
  })

  it.each([
    [500, true],
    [501, false],
    [503, true],
    [408, true],
    [429, true],
    [400, false],
    [403, false],
    [404, false],
  ])('with status %i is retryable: %s', (status, retryable) => {
    expect(readError(createResponse(status, ''), 'send').retryable).toBe(retryable)
  })

  it.each([
    ['CONFIG', 500],
    ['OSS_ERROR', 502],
    ['OSS_UNREACHABLE', 503],
    ['RATE_LIMITED', 429],
  ])("the service's word decides: %s with %i is not retryable when it says so", (code, status) => {
    expect(readError(createProblem(status, code, false), 'sign').retryable).toBe(false)
    expect(readError(createProblem(status, code, true), 'sign').retryable).toBe(true)
  })

  it.each([{ error: 'forbidden' }, { error: null }, null, []])(
    'of a gateway in JSON, %j, has the status as code',
    (body) => {
      const error = readError(createResponse(403, JSON.stringify(body)), 'sign')
      expect(error).toMatchObject({ code: 'HTTP_403', retryable: false, message: 'sign: HTTP_403' })
    },
  )

  it('RequestTimeTooSkewed is not retryable: waiting sets no clock right', () => {
    expect(readError(createOssError(403, 'RequestTimeTooSkewed'), 'send').retryable).toBe(false)
  })

  it('RequestTimeout is a 400 and retryable', () => {
    expect(readError(createOssError(400, 'RequestTimeout'), 'send').retryable).toBe(true)
  })

  it.each([
    ['2', 2000],
    ['0', undefined],
    ['Fri, 31 Dec 1999 23:59:59 GMT', undefined],
    ['soon', undefined],
    ['99999999', 3_600_000],
  ])('takes Retry-After %s as %s ms', (header, expected) => {
    const response = createResponse(429, '', { 'retry-after': header })
    expect(readError(response, 'sign').retryAfterMs).toBe(expected)
  })
})

it.each([
  [5000, 5000],
  [1e12, 3_600_000],
])('takes Retry-After as a date %i ms ahead', (aheadMs, expected) => {
  const date = new Date(Date.now() + aheadMs).toUTCString()
  const { retryAfterMs } = readError(createResponse(503, '', { 'retry-after': date }), 'sign')
  // The date has whole seconds.
  expect(retryAfterMs).toBeGreaterThan(expected - 1500)
  expect(retryAfterMs).toBeLessThanOrEqual(expected)
})

it.each(['null', '5', '"text"', 'false', '[]', '{}'])('parseJson reads %s', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text))
})

it.each(['', '{', '<html>', 'undefined'])('%j is not JSON', (text) => {
  expect(parseJson(text)).toBeUndefined()
})
