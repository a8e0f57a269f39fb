import { describe, expect, it } from 'vitest'
import { OssError } from '../../src/emulator/http/errors.ts'
import { ConnectionDropped } from '../../src/emulator/http/message.ts'
import { buildEntry, buildReply, settle } from '../../src/emulator/outcome.ts'

const facts = { method: 'PUT', requestId: 'ID', host: 'h', now: new Date(0), tookMs: 1 }
const cors = (onErrors: boolean) => ({ headers: { 'access-control-allow-origin': '*' }, onErrors })
const throwing = (thrown: unknown) => settle(() => Promise.reject(thrown))

async function failWith(error: OssError) {
  const outcome = await throwing(error)
  if (outcome.kind !== 'error') throw new Error(outcome.kind)
  return outcome
}

describe('the outcome of a request', () => {
  it('is a reply, an error of OSS, or a dropped connection', async () => {
    const reply = { status: 200, headers: {} }
    expect(await settle(async () => reply)).toEqual({ kind: 'reply', reply })
    expect(await throwing(new OssError('NoSuchKey', ''))).toMatchObject({
      kind: 'error',
      detail: '',
    })
    expect(await throwing(new ConnectionDropped())).toMatchObject({ kind: 'dropped' })
  })

  it('keeps the message of an unknown error for the log, out of the reply', async () => {
    const outcome = await throwing(new Error('disk full at /secret'))
    if (outcome.kind !== 'error') throw new Error(outcome.kind)
    expect(outcome.error.code).toBe('InternalError')
    const { body } = buildReply(outcome, cors(true), facts)
    expect(new TextDecoder().decode(body as Uint8Array)).not.toContain('secret')
    const request = { method: 'PUT', target: '/b/k?Signature=s', headers: {}, body: null }
    const from = { ...request, remoteAddress: '', secure: false }
    const names = { bucket: 'b', key: 'k', operation: 'PutObject' } as const
    expect(buildEntry(from, { time: 't', requestId: 'ID' }, names, outcome)).toEqual({
      time: 't',
      requestId: 'ID',
      method: 'PUT',
      path: '/b/k',
      bucket: 'b',
      key: 'k',
      operation: 'PutObject',
      status: 500,
      code: 'InternalError',
      ec: '',
      detail: 'disk full at /secret',
    })
  })

  it('varies by all that its CORS headers and its own headers vary by', () => {
    const headers = { vary: 'Accept-Encoding' }
    const outcome = { kind: 'reply', reply: { status: 200, headers } } as const
    const both = { headers: { vary: 'Origin' }, onErrors: true }
    expect(buildReply(outcome, both, facts).headers.vary).toBe('Origin, Accept-Encoding')
    expect(buildReply(outcome, cors(true), facts).headers.vary).toBe('Accept-Encoding')
  })

  it('has CORS headers; on errors if so decided, and always when the object is stored', async () => {
    const header = 'access-control-allow-origin'
    const refused = await failWith(new OssError('AccessDenied', ''))
    const stored = await failWith(new OssError('CallbackFailed', ''))
    expect(buildReply(refused, cors(true), facts).headers[header]).toBe('*')
    expect(buildReply(refused, cors(false), facts).headers[header]).toBeUndefined()
    expect(buildReply(stored, cors(false), facts).headers[header]).toBe('*')
  })
})
