import { describe, expect, it } from 'vitest'
import { fromBase64, fromUtf8 } from '../../src/protocol/bytes.ts'
import { type Callback, encodeCallback, encodeCallbackVars } from '../../src/protocol/callback.ts'

const url = 'https://cb.example.com/oss/cb?t=1'
const read = (text = ''): unknown => JSON.parse(fromUtf8(fromBase64(text)))

describe('encodeCallback', () => {
  it('gives the same Base64 as the Python SDK', () => {
    const body =
      '{"bucket":${bucket},"object":${object},"etag":${etag},"size":${size},"uid":${x:uid}}'
    const encoded = encodeCallback({ url, body, bodyType: 'application/json' }, { 'x:uid': '42' })
    expect(encoded.callback).toBe(
      'eyJjYWxsYmFja1VybCI6Imh0dHBzOi8vY2IuZXhhbXBsZS5jb20vb3NzL2NiP3Q9MSIsImNhbGxiYWNrQm9keSI6IntcImJ1Y2tldFwiOiR7YnVja2V0fSxcIm9iamVjdFwiOiR7b2JqZWN0fSxcImV0YWdcIjoke2V0YWd9LFwic2l6ZVwiOiR7c2l6ZX0sXCJ1aWRcIjoke3g6dWlkfX0iLCJjYWxsYmFja0JvZHlUeXBlIjoiYXBwbGljYXRpb24vanNvbiIsImNhbGxiYWNrU05JIjp0cnVlfQ==',
    )
    expect(encoded.callbackVar).toBe('eyJ4OnVpZCI6IjQyIn0=')
  })

  it('joins up to five URLs, and sends SNI unless sni is false', () => {
    const { callback, callbackVar } = encodeCallback({
      url: [url, '121.101.166.30/test.php'],
      host: 'cb.example.com:8443',
      body: 'a=${object}',
    })
    expect(read(callback)).toEqual({
      callbackUrl: `${url};121.101.166.30/test.php`,
      callbackHost: 'cb.example.com:8443',
      callbackBody: 'a=${object}',
      callbackBodyType: 'application/x-www-form-urlencoded',
      callbackSNI: true,
    })
    expect(callbackVar).toBeUndefined()
    expect(read(encodeCallback({ url, body: 'a', sni: false }).callback)).not.toHaveProperty(
      'callbackSNI',
    )
  })

  it.each<[string, string, Partial<Callback>]>([
    ['CALLBACK_URL', 'no URL', { url: [] }],
    ['CALLBACK_URL', 'six URLs', { url: Array(6).fill(url) as string[] }],
    ['CALLBACK_URL', 'an empty URL', { url: '' }],
    ['CALLBACK_URL', 'a semicolon', { url: 'https://a.example/x;y' }],
    ['CALLBACK_URL', 'a space', { url: 'https://a.example/x y' }],
    ['CALLBACK_URL', 'Chinese letters', { url: 'https://a.example/回调' }],
    ['CALLBACK_URL', 'another scheme', { url: 'ftp://a.example/' }],
    ['CALLBACK_URL', 'user info', { url: 'https://user@a.example/' }],
    ['CALLBACK_URL', 'an IPv6 address', { url: 'https://[::1]/' }],
    ['CALLBACK_URL', 'a fragment', { url: 'https://a.example/#x' }],
    ['CALLBACK_URL', 'a host with a path', { host: 'a.example/x' }],
    ['CALLBACK_BODY', 'an empty body', { body: '' }],
    ['CALLBACK_BODY', 'a stray dollar', { body: 'price=5$' }],
    ['CALLBACK_BODY', 'an open brace', { body: 'a=${object' }],
    ['CALLBACK_BODY', 'an unknown variable', { body: 'a=${mimetype}' }],
    ['CALLBACK_BODY', 'round brackets', { body: 'a=$(object)' }],
    ['CALLBACK_BODY', 'another body type', { bodyType: 'text/plain' as never }],
    ['CALLBACK_TOO_LONG', 'a long body', { body: 'x'.repeat(5120) }],
  ])('refuses with %s: %s', (code, _, wrong) => {
    expect(() => encodeCallback({ url, body: 'a=${object}', ...wrong })).toThrow(
      expect.objectContaining({ code }),
    )
  })

  it('accepts 5 120 characters of Base64, and no more', () => {
    const bare = read(encodeCallback({ url, body: 'x' }).callback)
    const bodyChars = (5120 / 4) * 3 - JSON.stringify(bare).length + 1
    expect(encodeCallback({ url, body: 'x'.repeat(bodyChars) }).callback).toHaveLength(5120)
    expect(() => encodeCallback({ url, body: 'x'.repeat(bodyChars + 1) })).toThrow('5124')
  })

  it('requires a value for every x: variable of the body', () => {
    expect(() => encodeCallback({ url, body: 'a=${x:b}' }, { 'x:a': '1' })).toThrow('${x:b}')
  })
})

describe('encodeCallbackVars', () => {
  it('encodes any text, Chinese and emoji included', () => {
    expect(read(encodeCallbackVars({ 'x:name': '照片 😀"\\' }))).toEqual({ 'x:name': '照片 😀"\\' })
  })

  it.each([
    ['CALLBACK_VAR', { 'x:UID': '1' }],
    ['CALLBACK_VAR', { uid: '1' }],
    ['CALLBACK_VAR', { 'x:': '1' }],
    ['CALLBACK_VAR', { 'x:n': 1 }],
    ['CALLBACK_VAR', { 'x:n': '\ud800' }],
    ['CALLBACK_TOO_LONG', { 'x:n': 'x'.repeat(4000) }],
  ])('refuses with %s: %j', (code, vars) => {
    expect(() => encodeCallbackVars(vars as never)).toThrow(expect.objectContaining({ code }))
  })
})
