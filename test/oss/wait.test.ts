import { expect, it } from 'vitest'
import { wait } from '../../src/oss/wait.ts'

it('ends after its time', async () => {
  const startedMs = performance.now()
  await wait(20, undefined)
  expect(performance.now() - startedMs).toBeGreaterThan(15)
})

it('ends at once with its signal, before or meanwhile', async () => {
  const controller = new AbortController()
  const waiting = wait(60_000, controller.signal)
  controller.abort()
  await waiting
  await wait(60_000, controller.signal)
})
