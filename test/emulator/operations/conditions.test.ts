import { describe, expect, it } from 'vitest'
import { checkConditions } from '../../../src/emulator/operations/conditions.ts'
import type { StoredObject } from '../../../src/emulator/storage/model.ts'
import { catchOss } from '../emulator-with-client.ts'

const object = { etag: 'E', lastModified: '2030-01-02T03:04:05.678Z' } as StoredObject
const SAME = 'Wed, 02 Jan 2030 03:04:05 GMT'
const BEFORE = 'Wed, 02 Jan 2030 03:04:04 GMT'

describe('conditions', () => {
  it.each([
    [{ 'if-match': '"E"' }, ''],
    [{ 'if-match': '*' }, ''],
    [{ 'if-match': '"X", "E"' }, ''],
    [{ 'if-match': 'X' }, 'PreconditionFailed'],
    [{ 'if-unmodified-since': SAME }, ''],
    [{ 'if-unmodified-since': BEFORE }, 'PreconditionFailed'],
    [{ 'if-none-match': 'X' }, ''],
    [{ 'if-none-match': '"E"' }, 'NotModified'],
    [{ 'if-modified-since': BEFORE }, ''],
    [{ 'if-modified-since': SAME }, 'NotModified'],
    [{ 'if-modified-since': 'nonsense', 'if-unmodified-since': '' }, ''],
  ] as const)('%j: %s', (headers, code) => {
    for (const prefix of ['', 'x-oss-copy-source-']) {
      const named = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [prefix + name, value]),
      )
      const run = () => checkConditions(object, named, prefix)
      if (code === '') expect(run).not.toThrow()
      else expect(catchOss(run).code).toBe(code)
    }
  })

  it('of another prefix mean nothing', () => {
    checkConditions(object, { 'if-match': 'X' }, 'x-oss-copy-source-')
    checkConditions(object, { 'x-oss-copy-source-if-match': 'X' })
  })
})
