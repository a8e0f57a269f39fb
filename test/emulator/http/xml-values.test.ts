import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import {
  printKey,
  printTime,
  readCount,
  readEncodingType,
} from '../../../src/emulator/http/xml-values.ts'
import { catchOss } from '../emulator-with-client.ts'

describe('keys, times and counts of listings', () => {
  it('encodes keys only when asked', () => {
    expect(printKey('a/中 +', undefined)).toBe('a/中 +')
    expect(printKey('a/中 +', 'url')).toBe('a%2F%E4%B8%AD%20%2B')
    expect(readEncodingType(parseQuery('encoding-type=url'))).toBe('url')
    expect(readEncodingType(parseQuery('encoding-type='))).toBeUndefined()
    expect(catchOss(() => readEncodingType(parseQuery('encoding-type=URL'))).code).toBe(
      'InvalidArgument',
    )
  })

  it('writes times in whole seconds', () => {
    expect(printTime('2030-01-02T03:04:05.678Z')).toBe('2030-01-02T03:04:05.000Z')
    expect(printTime('2030-01-02T03:04:05.000Z')).toBe('2030-01-02T03:04:05.000Z')
  })

  it('takes counts from 1 to the maximum, which is the default', () => {
    expect(readCount(parseQuery(''), 'n', 1000)).toBe(1000)
    expect(readCount(parseQuery('n=7'), 'n', 1000)).toBe(7)
    for (const text of ['0', '1001', '-1', '1e2', 'x', '9'.repeat(20)]) {
      expect(catchOss(() => readCount(parseQuery(`n=${text}`), 'n', 1000)).code).toBe(
        'InvalidArgument',
      )
    }
  })
})
