import { describe, expect, it } from 'vitest'
import { OssError } from '../../src/oss/errors.ts'
import { buildCallbackHeaders, checkChecksum, readStored } from '../../src/oss/stored.ts'
import { fromBase64, fromUtf8 } from '../../src/protocol/bytes.ts'

const FACTS = { key: 'a.txt', crc64: '7', etag: '', hasCallback: true }

function respond(status: number, text: string, headers: Record<string, string> = {}) {
  return { status, text, attempt: 1, headers: new Headers({ etag: '"AB"', ...headers }) }
}

describe('what became of an upload', () => {
  it("is OSS's 200 with the response of the callback", () => {
    expect(readStored(respond(200, '{"ok":1}', { 'x-oss-version-id': 'v1' }), FACTS)).toEqual({
      kind: 'stored',
      key: 'a.txt',
      etag: 'AB',
      crc64: '7',
      requestId: '',
      versionId: 'v1',
      response: { ok: 1 },
    })
  })

  it('is its 203 with the reason', () => {
    const xml =
      '<Error><Code>CallbackFailed</Code><Message>Error status : 502.</Message><EC>0007-00000203</EC></Error>'
    expect(readStored(respond(203, xml), FACTS)).toMatchObject({
      kind: 'callback-failed',
      error: { code: 'CallbackFailed', message: 'Error status : 502.', ec: '0007-00000203' },
    })
    expect(readStored(respond(203, 'no XML'), FACTS)).toMatchObject({
      kind: 'callback-failed',
      error: { code: 'CallbackFailed', message: '' },
    })
  })

  it('is an error when OSS has other bytes', () => {
    expect(checkChecksum(null, '7')).toBe('7')
    expect(() => checkChecksum('8', '7')).toThrow(OssError)
    const response = respond(200, '', { 'x-oss-hash-crc64ecma': '8' })
    expect(() => readStored(response, FACTS)).toThrow(/CRC-64 8 instead of 7/)
  })
})

describe('the headers of a callback', () => {
  it('are JSON in Base64, as in the manual', () => {
    const headers = buildCallbackHeaders({
      callback: { url: 'https://www.example.com/cb', body: 'size=${size}&v=${x:v}' },
      callbackVars: { 'x:v': '值' },
    })
    const read = (name: string) => JSON.parse(fromUtf8(fromBase64(headers[name] ?? '')))
    expect(read('x-oss-callback')).toMatchObject({
      callbackUrl: 'https://www.example.com/cb',
      callbackBody: 'size=${size}&v=${x:v}',
    })
    expect(read('x-oss-callback-var')).toEqual({ 'x:v': '值' })
    expect(buildCallbackHeaders({})).toEqual({})
  })
})
