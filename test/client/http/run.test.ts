import { expect, it, vi } from 'vitest'
import { createChildRun, createRun } from '../../../client/http/run.ts'
import type { TransportRequest } from '../../../client/options.ts'
import { createResponse } from '../../support/fake-transport.ts'

const options = { endpoint: '', profile: '' }
const request = { method: 'GET', url: 'https://oss.test/', stage: 'send' } as const

it('sends with its signal, the stall limit and the transport of the options', async () => {
  const own = vi.fn(async (_: TransportRequest) => createResponse(200))
  const fallback = vi.fn(async () => createResponse(500))
  const run = createRun({ ...options, transport: own, stallTimeoutMs: 7 }, fallback)
  expect((await run.send(request)).status).toBe(200)
  expect(own.mock.calls[0]?.[0]).toEqual({ ...request, signal: run.signal, stallTimeoutMs: 7 })
  expect(fallback).not.toHaveBeenCalled()
})

it('waits 20 s for a byte by default', async () => {
  const fallback = vi.fn(async (_: TransportRequest) => createResponse(200))
  await createRun(options, fallback).send(request)
  expect(fallback.mock.calls[0]?.[0].stallTimeoutMs).toBe(20_000)
})

it('ends with ABORTED, and the given cause', () => {
  const run = createRun(options, async () => createResponse(200))
  run.stop('why')
  expect(run.signal.reason).toMatchObject({ code: 'ABORTED', cause: 'why' })
})

it('ends with its parent, also with one that has ended before', () => {
  const parent = createRun(options, async () => createResponse(200))
  const early = createChildRun(parent)
  parent.stop()
  const late = createChildRun(parent)
  expect([early.signal.aborted, late.signal.aborted]).toEqual([true, true])
})

it('can be stopped without its parent', () => {
  const parent = createRun(options, async () => createResponse(200))
  createChildRun(parent).stop()
  expect(parent.signal.aborted).toBe(false)
})
