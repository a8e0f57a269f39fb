import { describe, expect, it } from 'vitest'
import { decodeHeaderValue, readBody } from '../../../src/emulator/http/message.ts'
import { bytesOf } from '../emulator-with-client.ts'

async function* pieces(...texts: string[]) {
  for (const text of texts) yield bytesOf(text)
}

describe('messages', () => {
  it('read header bytes as UTF-8 where they are', () => {
    expect(decodeHeaderValue(' plain ')).toBe('plain')
    expect(decodeHeaderValue('\u00e4\u00b8\u00ad')).toBe('中')
    expect(decodeHeaderValue('\u00ff')).toBe('\u00ff')
    expect(decodeHeaderValue('中')).toBe('中')
  })

  it('read a body up to its limit', async () => {
    expect(await readBody(null, 1)).toEqual(new Uint8Array())
    expect(await readBody(pieces('ab', 'c'), 3)).toEqual(bytesOf('abc'))
    expect(await readBody(pieces('ab', 'cd'), 3)).toBeUndefined()
  })
})
