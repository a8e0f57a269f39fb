import { describe, expect, it, vi } from 'vitest'
import { UploadError } from '../../../client/http/errors.ts'
import { createRun } from '../../../client/http/run.ts'
import { askService, askTicket } from '../../../client/http/service-client.ts'
import type { CommonOptions, TransportRequest, TransportResponse } from '../../../client/options.ts'
import { createProblem, createResponse } from '../../support/fake-transport.ts'

function createRunWith(
  responses: (TransportResponse | Error)[],
  more: Partial<CommonOptions> = {},
  file: Blob = new File(['abc'], 'a.png'),
) {
  const requests: TransportRequest[] = []
  const run = createRun(
    file,
    { endpoint: 'https://service.test/', profile: 'any', retryDelays: [0, 0], ...more },
    async (request) => {
      requests.push(request)
      const response = responses[requests.length - 1]
      if (!response || response instanceof Error) throw response ?? new Error('Unplanned request.')
      return response
    },
  )
  return { run, requests }
}

describe('a call to the service', () => {
  it('is one POST of JSON with the caller’s headers', async () => {
    const headers = { authorization: 'Bearer t' }
    const { run, requests } = createRunWith([createResponse(200, { a: 1 })], { headers })
    expect(await askService(run, 'sign', '/parts', { session: 's' })).toEqual({ a: 1 })
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://service.test/uploads/parts',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      body: '{"session":"s"}',
    })
  })

  it('asks the function for headers anew each time, retries included', async () => {
    let times = 0
    const headers = async () => ({ authorization: `Bearer ${++times}` })
    const { run, requests } = createRunWith(
      [createProblem(503, 'OSS_UNREACHABLE', true), createResponse(200)],
      { headers },
    )
    await askService(run, 'sign', '', {})
    expect(requests.map((request) => request.headers?.authorization)).toEqual([
      'Bearer 1',
      'Bearer 2',
    ])
  })

  it('repeats when the function for headers found no network', async () => {
    let times = 0
    const headers = () => {
      times += 1
      if (times === 1) throw new TypeError('Failed to fetch')
      return {}
    }
    const { run } = createRunWith([createResponse(200)], { headers })
    await askService(run, 'sign', '', {})
    expect(times).toBe(2)
  })

  it('ends when the function for headers has a bug', async () => {
    const cause = new TypeError('token is undefined')
    const { run, requests } = createRunWith([], { headers: () => Promise.reject(cause) })
    await expect(askService(run, 'sign', '', {})).rejects.toMatchObject({
      code: 'UNEXPECTED',
      cause,
    })
    expect(requests).toHaveLength(0)
  })

  it('is made once when the service says that waiting does not help, whatever the status', async () => {
    const { run, requests } = createRunWith([createProblem(500, 'CONFIG', false)])
    await expect(askService(run, 'sign', '', {})).rejects.toMatchObject({ code: 'CONFIG' })
    expect(requests).toHaveLength(1)
  })

  it('ends with the service’s own code', async () => {
    const { run, requests } = createRunWith([createProblem(415, 'TYPE_REFUSED')])
    await expect(askService(run, 'sign', '', {})).rejects.toMatchObject({
      ...{ code: 'TYPE_REFUSED', status: 415, stage: 'sign', requestId: 'req-1' },
    })
    expect(requests).toHaveLength(1)
  })

  it.each(['<html>', '{', 'null}'])(
    'that responds with %s is not the service: BAD_RESPONSE',
    async (text) => {
      const { run } = createRunWith([createResponse(200, text)])
      await expect(askService(run, 'sign', '', {})).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
    },
  )

  it('may have an empty response', async () => {
    const { run } = createRunWith([createResponse(204, '')])
    expect(await askService(run, 'abort', '/abort', {})).toEqual({})
  })

  it('ends with ABORTED when the run is stopped', async () => {
    const { run } = createRunWith([new UploadError('NETWORK', 'sign')], { retryDelays: [60_000] })
    const asked = askService(run, 'sign', '', {})
    setTimeout(() => run.stop('why'))
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED', name: 'AbortError', cause: 'why' })
  })
})

describe('a ticket', () => {
  it.each(['null', '"x"', '{}', '5'])('is not %s: BAD_RESPONSE', async (text) => {
    const { run } = createRunWith([createResponse(200, text)])
    await expect(askTicket(run, {})).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
  })

  it('is asked for with what is known of the file, and nothing else', async () => {
    const file = new File(['abc'], '图片.png', { type: 'image/png' })
    const { run, requests } = createRunWith(
      [createResponse(201, { session: 's' })],
      { vars: { album: 'a' } },
      file,
    )
    await askTicket(run, { method: undefined, partSize: 5 })
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      ...{ profile: 'any', name: '图片.png', type: 'image/png', size: 3 },
      ...{ vars: { album: 'a' }, partSize: 5 },
    })
  })

  it.each([
    [new Blob(['abc']), undefined, 'blob'],
    [new File(['abc'], ''), undefined, 'blob'],
    [new Blob(['abc']), 'own.txt', 'own.txt'],
    [new File(['abc'], 'a.txt'), 'own.txt', 'own.txt'],
  ])('names the file', async (file, name, expected) => {
    const { run, requests } = createRunWith(
      [createResponse(201, { session: 's' })],
      name ? { name } : {},
      file,
    )
    await askTicket(run, {})
    expect(JSON.parse(String(requests[0]?.body)).name).toBe(expected)
  })

  it.each<[size: number, crc64: string | undefined, reads: number]>([
    [3, undefined, 1],
    [3, '5', 0],
    // A removed file or a folder may claim to be empty: of that the sum has read nothing.
    [0, '0', 1],
  ])('of %i bytes with CRC-64 %s reads the file %i times', async (size, crc64, reads) => {
    const file = new File([new Uint8Array(size)], 'a.bin')
    const read = vi.spyOn(Blob.prototype, 'arrayBuffer')
    const { run } = createRunWith([createResponse(201, { session: 's' })], {}, file)
    await askTicket(run, { crc64 })
    expect(read).toHaveBeenCalledTimes(reads)
    read.mockRestore()
  })
})
