import { describe, expect, it } from 'vitest'
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import {
  buildCallbackStringToSign,
  OSS_CALLBACK_PUBLIC_KEYS,
  toCallbackBytes,
  verifyCallback,
} from '../../src/protocol/callback-verify.ts'
import vectors from '../vectors/callback-verify.json' with { type: 'json' }

interface Input {
  url: string
  bodyBase64: string
  headers: Record<string, string>
  publicKeyPem: string
}

const TRUSTED = /^https?:\/\/gosspublic\.alicdn\.com\//

function readMessage(input: Input) {
  return {
    target: input.url,
    body: fromBase64(input.bodyBase64),
    authorization: input.headers.authorization ?? '',
    publicKeyUrl: input.headers['x-oss-pub-key-url'] ?? '',
  }
}

describe('callback vectors', () => {
  it.each(vectors)('$name', (vector) => {
    const input = vector.input as unknown as Input
    const message = readMessage(input)
    const text = buildCallbackStringToSign(message.target, message.body)
    expect(text && fromUtf8(text)).toBe(vector.expect.stringToSign)

    // With the key of the vector under the URL that it names, once unconditionally and once only if OSS uses that host.
    const url = fromUtf8(fromBase64(message.publicKeyUrl))
    const publicKeys = { [url]: input.publicKeyPem }
    expect(verifyCallback(message, { publicKeys })).toBe(vector.expect.signatureValid)
    expect(verifyCallback(message, { publicKeys: TRUSTED.test(url) ? publicKeys : {} })).toBe(
      vector.expect.accept,
    )
  })

  const recorded = vectors.filter(
    ({ recorded, input }) =>
      recorded &&
      input.publicKeyPem ===
        OSS_CALLBACK_PUBLIC_KEYS[Object.keys(OSS_CALLBACK_PUBLIC_KEYS)[0] ?? ''],
  )

  it('contain callbacks that OSS sent', () => expect(recorded.length).toBeGreaterThan(3))

  it.each(recorded)('$name against the pinned key', ({ input, expect: wanted }) => {
    expect(verifyCallback(readMessage(input as unknown as Input))).toBe(wanted.accept)
  })
})

describe('verifyCallback', () => {
  const genuine = readMessage(vectors[0]?.input as unknown as Input)

  it('accepts the documented example', () => expect(verifyCallback(genuine)).toBe(true))

  it.each([
    'https://gosspublic.alicdn.com/other.pem',
    'https://gosspublic.alicdn.com.evil.example/callback_pub_key_v1.pem',
    'https://gosspublic.alicdn.com@evil.example/callback_pub_key_v1.pem',
    'https://gosspublic.alicdn.com:444/callback_pub_key_v1.pem',
    'https://gosspublic.alicdn.com/callback_pub_key_v1.pem?x',
    'https://gosspublic.alicdn.com/../callback_pub_key_v1.pem',
    'HTTPS://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    ' https://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    'ftp://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    '__proto__:',
    '',
  ])('accepts no other key URL: %s', (url) => {
    expect(verifyCallback({ ...genuine, publicKeyUrl: toBase64(url) })).toBe(false)
    expect(verifyCallback({ ...genuine, publicKeyUrl: url })).toBe(false)
  })

  it.each([
    ['body', { body: toUtf8('bucket=yonghu-tesT') }],
    ['path', { target: '/index.html?id=1&index=2' }],
    ['query', { target: '/index.php?index=2&id=1' }],
    ['missing query', { target: '/index.php' }],
    ['broken escape', { target: '/index.ph%7?id=1&index=2' }],
    ['signature', { authorization: genuine.authorization.replace('k', 'K') }],
    ['empty signature', { authorization: '' }],
    ['missing signature', { authorization: undefined }],
    ['header that a Request does not have', { authorization: null }],
    ['missing key URL', { publicKeyUrl: null }],
    ['scheme word', { authorization: `OSS ${genuine.authorization}` }],
    ['short signature', { authorization: 'AAAA' }],
    ['version', { signatureVersion: '2.0' }],
    ['key URL that is not Base64', { publicKeyUrl: '!!' }],
    ['key URL that is not UTF-8', { publicKeyUrl: '////' }],
  ])('refuses another %s', (_, change) => {
    expect(verifyCallback({ ...genuine, ...change })).toBe(false)
  })

  it('accepts the body as text, ArrayBuffer, Buffer and any view of bytes', () => {
    const bytes = toCallbackBytes(genuine.body)
    const padded = new Uint8Array(bytes.length + 2)
    padded.set(bytes, 1)
    for (const body of [
      fromUtf8(bytes),
      bytes.slice().buffer,
      padded.subarray(1, -1),
      new DataView(padded.buffer, 1, bytes.length),
    ]) {
      expect(verifyCallback({ ...genuine, body })).toBe(true)
      expect(verifyCallback({ ...genuine, body, target: '/other' })).toBe(false)
    }
  })

  it.each([
    ['no message', undefined, /needs an object/],
    ['a text', 'bucket=b', /needs an object/],
    ['a parsed body', { ...genuine, body: { bucket: 'yonghu-test' } }, /not a parsed form or JSON/],
    ['a list of numbers', { ...genuine, body: [1, 2] }, /raw bytes or text/],
    ['no body', { ...genuine, body: undefined }, /raw bytes or text/],
    ['a whole URL', { ...genuine, target: 'https://a.example/index.php' }, /path and query/],
    ['a URL object', { ...genuine, target: new URL('https://a.example/') }, /path and query/],
    ['a list of headers', { ...genuine, authorization: ['a', 'b'] }, /text of one header/],
    ['a number as header', { ...genuine, publicKeyUrl: 1 }, /text of one header/],
  ])('throws a TypeError for %s, a mistake of the caller', (_, message, words) => {
    const call = () => verifyCallback(message as never)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(words)
  })

  it('decodes a percent-encoded path to bytes, even when they are not UTF-8', () => {
    expect(buildCallbackStringToSign('/%ff%2F?%ff', toUtf8(''))).toEqual(
      Uint8Array.of(0x2f, 0xff, 0x2f, 0x3f, 0x25, 0x66, 0x66, 0x0a),
    )
  })
})
