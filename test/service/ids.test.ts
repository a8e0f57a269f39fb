import { expect, it } from 'vitest'
import { createIds } from '../../src/service/ids.ts'

it('ids have 22 characters of Base64url, each evenly often, and none comes twice', () => {
  const newId = createIds()
  const ids = Array.from({ length: 5000 }, newId)
  expect(new Set(ids).size).toBe(ids.length)
  const counts = new Map<string, number>()
  for (const id of ids) {
    expect(id).toMatch(/^[\w-]{22}$/)
    for (const character of id) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  expect(counts.size).toBe(64)
  // 110 000 characters, 1 719 of each on average with a standard deviation of 41: eight of them are never seen.
  for (const count of counts.values()) expect(Math.abs(count - 1719)).toBeLessThan(8 * 41)
})
