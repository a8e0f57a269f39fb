import { expect, it, vi } from 'vitest'
import { createDiagnosis } from '../../../client/http/diagnosis.ts'
import { UploadError } from '../../../client/http/errors.ts'

// A mock that throws is an unhandled error in Firefox and WebKit; what a failed import rejects with goes the same way.
vi.mock('../../../client/http/find-cause.ts', () => ({
  findCause: () => Promise.reject(new TypeError('Failed to fetch dynamically imported module')),
}))

it('takes the network for the reason where the module cannot be loaded', async () => {
  const transport = createDiagnosis(async ({ stage }) => {
    throw new UploadError('NETWORK', stage)
  })
  const request = {
    ...{ method: 'PUT', url: 'https://oss.test/x', stage: 'send' as const },
    ...{ signal: new AbortController().signal, stallTimeoutMs: 20_000 },
  }
  const error = { code: 'NETWORK', retryable: true, message: 'send: NETWORK https://oss.test' }
  await expect(transport(request)).rejects.toMatchObject(error)
})
