import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { ConfigError, ServiceError } from '../../src/service/errors.ts'
import { createUnconfigured, describeError } from '../../src/service/problem.ts'
import { UploadRefused } from '../../src/signer/errors.ts'

describe('errors as responses', () => {
  it.each([
    [new UploadRefused('TYPE_REFUSED', 'm'), 415, false],
    [new UploadRefused('CREDENTIALS_UNAVAILABLE', 'm'), 503, true],
    [new ServiceError('BODY_TOO_LARGE', 'm'), 413, false],
    [new ServiceError('RECEIPT_NOT_RECORDED', 'm'), 503, true],
    [new ServiceError('OSS_ERROR', 'm'), 502, false],
    [new ServiceError('OSS_ERROR', 'm', { retryable: true }), 502, true],
    [new ProtocolError('CALLBACK_TOO_LONG', 'm'), 400, false],
  ])('%s has its status', (error, status, retryable) => {
    expect(describeError(error)).toEqual({ status, code: error.code, message: 'm', retryable })
  })

  it.each([
    new Error('PLANTED'),
    new ProtocolError('CREDENTIALS', 'PLANTED'),
    'PLANTED',
    undefined,
  ])('that nobody planned tell nothing', (error) => {
    const problem = describeError(error)
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' })
    expect(JSON.stringify(problem)).not.toContain('PLANTED')
  })

  it('of a service without settings name what to set, on every address', async () => {
    const error = new ConfigError(['OSS_BUCKET is missing.', 'UPCALL_SECRET is missing.'])
    const response = await createUnconfigured(error).fetch()
    const body = await response.json()
    expect(response.status).toBe(500)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      error: {
        code: 'CONFIG',
        retryable: false,
        requestId: response.headers.get('x-request-id'),
        message: expect.stringMatching(/OSS_BUCKET.*UPCALL_SECRET/),
      },
    })
  })
})
