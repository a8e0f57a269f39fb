import { describe, expect, it } from 'vitest'
import { checkTags, parseTags } from '../../../src/emulator/operations/tags.ts'
import { catchOss } from '../emulator-with-client.ts'

describe('tags', () => {
  it('of the header are percent-encoded pairs', () => {
    expect(parseTags('')).toEqual([])
    expect(parseTags('%E4%B8%AD%E6%96%87=test%2B%2B/')).toEqual([['中文', 'test++/']])
    expect(parseTags('a=1&b=x%3Dy+z&c')).toEqual([
      ['a', '1'],
      ['b', 'x=y z'],
      ['c', ''],
    ])
  })

  it.each([
    ['eleven', Array.from({ length: 11 }, (_, at) => `k${at}=1`).join('&')],
    ['an empty key', '=1'],
    ['a key of 129 bytes', `${'k'.repeat(129)}=1`],
    ['a value of 257 bytes', `k=${'v'.repeat(257)}`],
    ['another character', 'k=a%26b'],
    ['an emoji', 'k=%F0%9F%98%80'],
    ['a key twice', 'k=1&k=2'],
    ['bad encoding', 'k=%E4%B8'],
  ])('%s are refused', (_, text) => {
    expect(catchOss(() => parseTags(text))).toMatchObject({ code: 'InvalidTag', status: 400 })
  })

  it('reach their limits', () => {
    const tags = Array.from({ length: 10 }, (_, at): [string, string] => [
      `${at}`.padEnd(128, 'k'),
      'v'.repeat(256),
    ])
    expect(checkTags(tags)).toBe(tags)
  })
})
