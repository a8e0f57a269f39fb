import { expect, it, vi } from 'vitest'
import { createDiagnosis } from '../../../client/http/diagnosis.ts'
import { UploadError } from '../../../client/http/errors.ts'

vi.mock('../../../client/http/find-cause.ts', () => {
  throw new Error('The network is down.')
})

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
