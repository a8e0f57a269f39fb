import { describe, expect, it } from 'vitest'
import { UploadError } from '../../../client/http/errors.ts'
import { createRun } from '../../../client/http/run.ts'
import type { RetryInfo, TransportResponse } from '../../../client/options.ts'
import { confirmStored, deliver } from '../../../client/upload/deliver.ts'
import { createOssError, createProblem, createResponse } from '../../support/fake-transport.ts'

const identity = { id: 'i', session: 's' }

type Step = TransportResponse | UploadError

const take = (step: Step | undefined): TransportResponse => {
  if (!step) throw new Error('Unplanned request.')
  if (step instanceof UploadError) throw step
  return step
}

function createDelivery(sent: Step[], confirmed: Step[]) {
  const log: string[] = []
  const heard: RetryInfo[] = []
  const bodies: unknown[] = []
  const run = createRun(
    new Blob(['x']),
    {
      ...{ endpoint: 'https://service.test', profile: 'any', retryDelays: [0, 0] },
      onRetry: (info) => heard.push(info),
    },
    async ({ body }) => {
      log.push('confirm')
      bodies.push(JSON.parse(String(body)))
      return take(confirmed.shift())
    },
  )
  const done = deliver(
    run,
    'complete',
    identity,
    async () => {
      log.push('send')
      return take(sent.shift())
    },
    () => log.push('stored'),
  )
  return { done, log, run, heard, bodies }
}

const NETWORK = () => new UploadError('NETWORK', 'send')
const MISSING = () => createProblem(404, 'OBJECT_MISSING')
const SILENT = () => createProblem(502, 'OSS_ERROR', true)

describe('the last request', () => {
  it('returns what the callback responded', async () => {
    const headers = { 'x-oss-hash-crc64ecma': '7' }
    const { done, log } = createDelivery([createResponse(200, { a: 1 }, headers)], [])
    expect(await done).toEqual({
      ...{ response: { a: 1 }, delivery: 'done', via: 'callback', crc64: '7' },
    })
    expect(log).toEqual(['send'])
  })

  it.each([
    ['203', createOssError(203, 'CallbackFailed')],
    ['200 without an response in it', createResponse(200, '')],
    ['200 with XML', createResponse(200, '<CompleteMultipartUploadResult/>')],
  ])('after %s the service is asked', async (_, response) => {
    const { done, log } = createDelivery([response], [SILENT(), createResponse(200, { b: 2 })])
    expect(await done).toEqual({ response: { b: 2 }, delivery: 'done', via: 'confirm' })
    expect(log).toEqual(['send', 'stored', 'confirm', 'confirm'])
  })

  it.each([
    ['the connection broke', NETWORK()],
    ['it was stalled', new UploadError('STALLED', 'send')],
    ['a gateway responded', createResponse(502, '<html>')],
    ['it was completed before', createOssError(404, 'NoSuchUpload')],
    ['it exists already', createOssError(409, 'FileAlreadyExists')],
  ])('is not repeated when %s and it has arrived', async (_, step) => {
    const { done, log } = createDelivery([step], [createResponse(200, { b: 2 })])
    expect(await done).toMatchObject({ via: 'confirm' })
    expect(log).toEqual(['send', 'confirm'])
  })

  it('is repeated when its response was lost and it has not arrived', async () => {
    const { done, log } = createDelivery([NETWORK(), createResponse(200, { a: 1 })], [MISSING()])
    expect(await done).toMatchObject({ via: 'callback' })
    expect(log).toEqual(['send', 'confirm', 'send'])
  })

  it('ends with the error when nothing has arrived and nothing can', async () => {
    const { done } = createDelivery([createOssError(404, 'NoSuchUpload')], [MISSING()])
    await expect(done).rejects.toMatchObject({ code: 'NoSuchUpload', stage: 'complete' })
  })

  it('that OSS refuses is neither repeated nor confirmed', async () => {
    const { done, log } = createDelivery([createOssError(403, 'AccessDenied')], [])
    await expect(done).rejects.toMatchObject({ code: 'AccessDenied', retryable: false })
    expect(log).toEqual(['send'])
  })

  it('stored, but nobody confirms: CONFIRM_FAILED, worth resuming', async () => {
    const { done } = createDelivery(
      [createOssError(203, 'CallbackFailed')],
      [SILENT(), SILENT(), SILENT()],
    )
    await expect(done).rejects.toMatchObject({ code: 'CONFIRM_FAILED', retryable: true })
  })

  it('does not try twice over when the service is gone as well', async () => {
    const { done, log } = createDelivery([NETWORK()], [NETWORK(), NETWORK(), NETWORK()])
    await expect(done).rejects.toMatchObject({ code: 'NETWORK' })
    expect(log).toEqual(['send', 'confirm', 'confirm', 'confirm'])
  })

  it('ends with ABORTED when stopped while confirming', async () => {
    const { done, run } = createDelivery([createOssError(203, 'CallbackFailed')], [])
    run.stop()
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('any JSON value is a response', () => {
  const values = [null, 0, -1.5, '', 'text', false, true, [], {}, [null], { status: 'accepted' }]
  it.each(values)('%j, by callback', async (value) => {
    const { done, log } = createDelivery([createResponse(200, JSON.stringify(value))], [])
    expect(await done).toMatchObject({ response: value, delivery: 'done', via: 'callback' })
    expect(log).toEqual(['send'])
  })

  it.each(values)('%j, by confirm', async (value) => {
    const { done, log } = createDelivery(
      [createOssError(203, 'CallbackFailed')],
      [createResponse(200, JSON.stringify(value))],
    )
    expect(await done).toEqual({ response: value, delivery: 'done', via: 'confirm' })
    expect(log).toEqual(['send', 'stored', 'confirm'])
  })
})

describe("after a 203, OSS's own reason", () => {
  const refused = () => createOssError(203, 'CallbackFailed', '0007-00000203')

  it('is told to onRetry, also when the service then confirms', async () => {
    const { done, heard } = createDelivery([refused()], [createResponse(200, { b: 2 })])
    await done
    expect(heard).toMatchObject([
      {
        ...{ stage: 'confirm', code: 'CallbackFailed', attempt: 1, delayMs: 0 },
        error: { ec: '0007-00000203', status: 203, requestId: '5C3D' },
      },
    ])
    expect(heard[0]?.error.message).toContain('Says OSS.')
  })

  it('is told to the service with the request to confirm', async () => {
    const { done, bodies } = createDelivery([refused()], [createResponse(200, {})])
    await done
    expect(bodies).toEqual([
      { session: 's', reason: { code: 'CallbackFailed', ec: '0007-00000203', requestId: '5C3D' } },
    ])
  })

  it('is not told where there was no 203: the callback may have arrived', async () => {
    for (const lost of [NETWORK(), createResponse(200, '<html>')]) {
      const { done, bodies } = createDelivery([lost], [createResponse(200, {})])
      await done
      expect(bodies).toEqual([{ session: 's' }])
    }
  })

  it('is on the error when the service cannot confirm', async () => {
    const { done } = createDelivery([refused()], [SILENT(), SILENT(), SILENT()])
    const error = await done.catch((thrown) => thrown)
    expect(error).toMatchObject({
      ...{ code: 'CONFIRM_FAILED', ec: '0007-00000203', requestId: '5C3D' },
      cause: { code: 'OSS_ERROR' },
    })
    expect(error.message).toContain('Says OSS.')
  })
})

describe('an upload that the service has accepted for later delivery', () => {
  const accepted = () => createResponse(200, { status: 'accepted', id: 'i' })

  it('is stored, by callback', async () => {
    const { done, log } = createDelivery([accepted()], [])
    expect(await done).toMatchObject({
      ...{ response: undefined, delivery: 'accepted', via: 'callback' },
    })
    expect(log).toEqual(['send', 'stored'])
  })

  it('is stored, by confirm', async () => {
    const { done } = createDelivery([createOssError(203, 'CallbackFailed')], [accepted()])
    expect(await done).toEqual({ response: undefined, delivery: 'accepted', via: 'confirm' })
  })

  it.each([
    { status: 'accepted', id: 'another' },
    { status: 'accepted', id: 'i', more: 1 },
    { id: 'i' },
  ])('is not meant by an application that responds with %j', async (value) => {
    const { done } = createDelivery([createResponse(200, value)], [])
    expect(await done).toMatchObject({ response: value, delivery: 'done' })
  })
})

it.each([
  ['OBJECT_MISSING', 404],
  ['UPLOAD_GONE', 404],
  ['OBJECT_MISMATCH', 409],
])('%s says that it is not there, with the code of the service', async (code, status) => {
  const run = createRun(new Blob(['x']), { endpoint: '', profile: '' }, async () =>
    createProblem(status, code),
  )
  await expect(confirmStored(run, identity)).rejects.toMatchObject({ code, status })
})
