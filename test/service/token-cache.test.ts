import { expect, it } from 'vitest'
import { createTokenCache } from '../../src/service/token-cache.ts'

const NOW = new Date('2030-01-02T03:04:05Z')
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const exp = (seconds: number) => Math.floor(NOW.getTime() / 1000) + seconds

it('a verified token is known for its time, and never after its own end', () => {
  const cache = createTokenCache({ maxEntries: 4, maxSeconds: 60 })
  cache.set('long', 'user-1', exp(3600), NOW)
  cache.set('short', 'user-2', exp(10), NOW)
  expect(cache.get('long', later(59))).toBe('user-1')
  expect(cache.get('long', later(60))).toBeUndefined()
  expect(cache.get('short', later(9))).toBe('user-2')
  expect(cache.get('short', later(10))).toBeUndefined()
  expect(cache.get('never', NOW)).toBeUndefined()
})

it('the cache of tokens is bounded', () => {
  const cache = createTokenCache({ maxEntries: 100, maxSeconds: 60 })
  for (let at = 0; at < 1000; at += 1) cache.set(`${at}`, 'user', exp(60), NOW)
  const known = Array.from({ length: 1000 }, (_, at) => cache.get(`${at}`, NOW)).filter(Boolean)
  expect(known.length).toBeLessThanOrEqual(100)
  expect(cache.get('999', NOW)).toBe('user')
})
