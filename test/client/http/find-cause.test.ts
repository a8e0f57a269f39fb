import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findCause } from '../../../client/http/find-cause.ts'
import { askBackend, setRules } from '../../support/browser-page.ts'

let oss = ''

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  await askBackend('reset')
  oss = await askBackend<string>('ossUrl')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await setRules({})
})

it('is the network while a host that can be reached is silent for the first time', async () => {
  const silentSince = new Map<string, number>()
  expect(await findCause(oss, silentSince, true, 0)).toBe('NETWORK')
  expect(silentSince.get(oss)).toBeGreaterThan(0)
})

it.each([
  ['4 s with progress', true, 4000],
  ['10 s without', false, 10_000],
])('is a missing CORS rule after %s', async (_, hasProgress, afterMs) => {
  const silentFor = (ms: number) => new Map([[oss, performance.now() - ms]])
  // The probe itself takes time: a second is left for it.
  expect(await findCause(oss, silentFor(afterMs - 1000), hasProgress, 1)).toBe('NETWORK')
  expect(await findCause(oss, silentFor(afterMs), hasProgress, 1)).toBe('CORS')
})

it('is the network when another request has succeeded meanwhile', async () => {
  const silentSince = new Map([[oss, Number.POSITIVE_INFINITY]])
  expect(await findCause(oss, silentSince, true, 0)).toBe('NETWORK')
  expect(silentSince.get(oss)).toBe(Number.POSITIVE_INFINITY)
})

it('is unknown for a host that cannot be reached, and its silence counts anew', async () => {
  await setRules({ refuse: true })
  const silentSince = new Map([[oss, 1]])
  expect(await findCause(oss, silentSince, true, 0)).toBeUndefined()
  expect(silentSince.has(oss)).toBe(false)
  expect(console.warn).not.toHaveBeenCalled()
})
