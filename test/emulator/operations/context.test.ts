import { describe, expect, it } from 'vitest'
import type { EmulatorRequest } from '../../../src/emulator/http/message.ts'
import {
  createRequestId,
  createUploadId,
  readContentLength,
} from '../../../src/emulator/operations/context.ts'
import { catchOss, NOW } from '../emulator-with-client.ts'

const request = (
  headers: Record<string, string>,
  body: EmulatorRequest['body'] = null,
): EmulatorRequest => ({
  method: 'PUT',
  target: '/a',
  headers,
  body,
  remoteAddress: '',
  secure: false,
})

describe('what every request has', () => {
  it('an id of 24 hex digits that is unique', () => {
    const ids = Array.from({ length: 1000 }, createRequestId)
    expect(ids.every((id) => /^[0-9A-F]{24}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(1000)
  })

  it('upload ids sort by time', () => {
    const ids = [0, 1, 1000].map((ms) => createUploadId(new Date(NOW.getTime() + ms)))
    expect(ids.every((id) => /^[0-9A-F]{32}$/.test(id))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })

  it('a length, or a body in chunks, or an error', () => {
    async function* body() {}
    expect(readContentLength(request({ 'content-length': '5' }))).toBe(5)
    expect(readContentLength(request({ 'transfer-encoding': 'chunked' }))).toBeUndefined()
    expect(readContentLength(request({}, body()))).toBeUndefined()
    for (const headers of [{}, { 'content-length': '-1' }, { 'content-length': 'x' }] as Record<
      string,
      string
    >[]) {
      expect(catchOss(() => readContentLength(request(headers)))).toMatchObject({
        code: 'MissingContentLength',
        status: 411,
      })
    }
  })
})
