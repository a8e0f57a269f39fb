import { describe, expect, it, vi } from 'vitest'
import { checkReadable, createChildRun, createRun } from '../../../client/http/run.ts'
import type { TransportRequest, UploadStage } from '../../../client/options.ts'
import { createResponse, NETWORK } from '../../support/fake-transport.ts'

const options = { endpoint: '', profile: '' }
const request = { method: 'GET', url: 'https://oss.test/', stage: 'send' } as const
const file = new File(['abc'], 'a.txt')
const succeed = async (_: TransportRequest) => createResponse(200)

it('sends with its signal and the stall limit of the options', async () => {
  const transport = vi.fn(succeed)
  const run = createRun(file, { ...options, stallTimeoutMs: 7 }, transport)
  expect((await run.send(request)).status).toBe(200)
  expect(transport.mock.calls[0]?.[0]).toEqual({
    ...{ ...request, signal: run.signal, stallTimeoutMs: 7 },
  })
})

it('waits 20 s for a byte by default', async () => {
  const transport = vi.fn(succeed)
  await createRun(file, options, transport).send(request)
  expect(transport.mock.calls[0]?.[0].stallTimeoutMs).toBe(20_000)
})

it('ends with ABORTED, and the given cause', () => {
  const run = createRun(file, options, succeed)
  run.stop('why')
  expect(run.signal.reason).toMatchObject({ code: 'ABORTED', cause: 'why' })
})

it('ends with its parent, also with one that has ended before', () => {
  const parent = createRun(file, options, succeed)
  const early = createChildRun(parent)
  parent.stop()
  const late = createChildRun(parent)
  expect([early.signal.aborted, late.signal.aborted]).toEqual([true, true])
})

it('can be stopped without its parent', () => {
  const parent = createRun(file, options, succeed)
  createChildRun(parent).stop()
  expect(parent.signal.aborted).toBe(false)
})

/** A file that was removed after it had been chosen. */
function createGone(size: number): File {
  const gone = new File([new Uint8Array(size)], 'gone.txt')
  const arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'))
  gone.arrayBuffer = arrayBuffer
  gone.slice = () => Object.assign(new Blob(), { arrayBuffer })
  return gone
}

describe('a file that cannot be read', () => {
  it.each([0, 5])('is found out without a request, %i bytes long', async (size) => {
    await expect(checkReadable(createGone(size))).rejects.toMatchObject({ name: 'NotFoundError' })
  })

  it.each([
    ['send', 'NotFoundError'],
    ['confirm', 'UploadError'],
  ] as [UploadStage, string][])(
    'explains a broken request of stage %s: %s',
    async (stage, name) => {
      const run = createRun(createGone(5), options, async () => {
        throw NETWORK()
      })
      await expect(run.send({ ...request, stage })).rejects.toMatchObject({ name })
    },
  )
})

it('passes on why a request broke when the file can be read', async () => {
  const run = createRun(file, options, async () => {
    throw NETWORK()
  })
  await expect(run.send(request)).rejects.toMatchObject({ code: 'NETWORK' })
})
