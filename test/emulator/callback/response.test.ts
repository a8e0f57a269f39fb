/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
import { describe, expect, it } from 'vitest'
import { callbackFailed, checkOutcome } from '../../../src/emulator/callback/response.ts'
import { bytesOf } from '../emulator-with-client.ts'

const where = { address: '192.0.2.1:80', timeoutMs: 5000 }
const check = (body: string, headers: Record<string, string> = {}, status = 200) =>
  checkOutcome(
    {
      kind: 'response',
      status,
      headers: { 'content-length': String(body.length), ...headers },
      body: bytesOf(body),
    },
    where,
  )

describe('the response of a callback server', () => {
  it.each(['{}', '[]', 'null', '"a"', '1', ' {"a":1}\n'])('%s is good', (body) => {
    expect(check(body)).toMatchObject({ ok: true })
  })

  it.each(['', 'ok', '{', '\ufeff{}', "{'a':1}"])('%j is not', (body) => {
    expect(check(body)).toMatchObject({ ok: false, ec: '0007-00000205' })
  })

  it('must have a valid length', () => {
    expect(check('{}', { 'content-length': 'x' }).ok).toBe(false)
  })

  it('of XML needs the type that says so', () => {
    expect(check('<a/>').ok).toBe(false)
    expect(check('<a/>', { 'content-type': 'Application/XML; charset=utf-8' }).ok).toBe(true)
    expect(check('{}', { 'content-type': 'application/xml' }).ok).toBe(false)
  })

  it('that failed is a 203 that keeps the headers of the upload', () => {
    const error = callbackFailed({ ok: false, message: 'm', ec: 'e' }, { etag: '"A"' })
    expect(error).toMatchObject({
      status: 203,
      code: 'CallbackFailed',
      ec: 'e',
      headers: { etag: '"A"' },
    })
  })
})
