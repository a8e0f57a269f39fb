import { describe, expect, it } from 'vitest'
import { removeContentLength } from '../../../src/emulator/node/chunked-with-length.ts'

const code = 'HPE_INVALID_TRANSFER_ENCODING'
const rewrite = (text: string, reason = code) =>
  removeContentLength({ code: reason, rawPacket: Buffer.from(text, 'latin1') })

describe('a head with Content-Length and chunked', () => {
  it('loses its Content-Length and nothing else, byte for byte', () => {
    const rewritten = rewrite(
      'PUT /a HTTP/1.1\r\nHost: h\r\nCONTENT-LENGTH:  3 \r\nX-Byte: \xe9\x80\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\n\xff\r\n\r\n',
    )
    expect(rewritten?.declaredBytes).toBe(3)
    expect(rewritten?.packet.toString('latin1')).toBe(
      'PUT /a HTTP/1.1\r\nHost: h\r\nX-Byte: \xe9\x80\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\n\xff\r\n\r\n',
    )
  })

  it.each([
    [
      'has two lengths',
      'PUT / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    [
      'has a length that is no number',
      'PUT / HTTP/1.1\r\nContent-Length: 3,3\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    [
      'has another coding',
      'PUT / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    ],
    [
      'has two codings',
      'PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['has no length', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['is not complete', 'PUT / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n'],
    [
      'begins in the middle of a body',
      'abcPUT / HTTP/1.1 x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['is of HTTP/1.0', 'PUT / HTTP/1.0\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ])('stays refused when it %s', (_, text) => {
    expect(rewrite(text)).toBeUndefined()
  })

  it('stays refused for any other error of the parser', () => {
    const text = 'PUT / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(rewrite(text)).toBeDefined()
    expect(rewrite(text, 'HPE_INVALID_HEADER_TOKEN')).toBeUndefined()
    expect(removeContentLength({ code })).toBeUndefined()
  })
})
