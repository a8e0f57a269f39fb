import { describe, expect, it } from 'vitest'
import { encodeCallback } from '../../../src/protocol/index.ts'
import { bytesOf, createEmulatorWithClient } from '../emulator-with-client.ts'

const { callback } = encodeCallback({ url: 'https://cb.example.com/', body: 'size=${size}' })
const FACTS = {
  etag: '"5D41402ABC4B2A76B9719D911017C592"',
  'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==',
}

describe('the end of an upload tells the hashes', () => {
  it.each([
    ['without a callback', {}, undefined, 200, null],
    ['with a callback', { 'x-oss-callback': callback }, '{"a":1}', 200, 'application/json'],
    [
      'with a callback that failed',
      { 'x-oss-callback': callback },
      'no JSON',
      203,
      'application/xml',
    ],
  ])('%s', async (_, headers, text, status, type) => {
    const { send } = createEmulatorWithClient({
      fetch: async () =>
        new Response(text ?? '', { headers: { 'content-length': String(text?.length ?? 0) } }),
    })
    const response = await send(
      { method: 'PUT', key: 'a', headers: headers as Record<string, string> },
      bytesOf('hello'),
    )
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject(FACTS)
    expect(response.headers.get('content-type')).toBe(type)
  })
})
