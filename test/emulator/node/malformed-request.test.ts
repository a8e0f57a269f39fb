import { expect, it } from 'vitest'
import { buildMalformedResponse } from '../../../src/emulator/node/malformed-request.ts'
import { readElement } from '../emulator-with-client.ts'

it.each([
  ['HPE_INVALID_METHOD', '405 Method Not Allowed', 'MethodNotAllowed'],
  ['HPE_HEADER_OVERFLOW', '400 Bad Request', 'BadRequest'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '400 Bad Request', 'RequestTimeout'],
  ['HPE_INVALID_HEADER_TOKEN', '400 Bad Request', 'BadRequest'],
  [undefined, '400 Bad Request', 'BadRequest'],
])(
  '%s is refused as OSS does: XML, a request id, and an end of the connection',
  (reason, status, code) => {
    const text = buildMalformedResponse(reason, new Date(0))
    const [head = '', body = ''] = text.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
    expect(head).toContain('content-type: application/xml')
    expect(head).toContain('connection: close')
    expect(head).toContain(`content-length: ${body.length}`)
    const requestId = /x-oss-request-id: ([0-9A-F]{24})/.exec(head)?.[1]
    expect(readElement(body, 'RequestId')).toBe(requestId)
    expect(readElement(body, 'Code')).toBe(code)
  },
)
