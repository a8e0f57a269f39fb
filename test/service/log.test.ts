import { describe, expect, it } from 'vitest'
import { createLog, redact } from '../../src/service/log.ts'

const SECRETS = ['PLANTED-secret']

describe('what is printed', () => {
  it.each([
    ['a known secret', 'bad key PLANTED-secret!', 'bad key [secret]!'],
    ['a bearer header', 'authorization: Bearer abc.def.ghi', 'authorization: Bearer [token]'],
    ['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln in', 'got [token] in'],
    [
      'a signed URL',
      'fetch https://b.example.com/k?x-oss-signature=abc failed',
      'fetch https://b.example.com/k failed',
    ],
    ['a fragment', 'at https://b.example.com/k#abc', 'at https://b.example.com/k'],
    [
      'an OSS signature',
      'Authorization: OSS4-HMAC-SHA256 Credential=a,Signature=b',
      'Authorization: OSS4-HMAC-SHA256 [signature]',
    ],
    ['a long opaque text', `sig ${'a'.repeat(64)}`, 'sig [opaque]'],
  ])('leaves out %s', (_, text, clean) => {
    expect(redact(text, SECRETS)).toBe(clean)
  })

  it('leaves the rest, but not without end', () => {
    expect(redact('database is down at db.ts:42:7', SECRETS)).toBe('database is down at db.ts:42:7')
    expect(redact('x '.repeat(10_000), SECRETS).length).toBeLessThanOrEqual(4000)
  })

  it('is one line of JSON with code, request id and every cause', () => {
    const lines: string[] = []
    const log = createLog({ secrets: SECRETS, write: (line) => lines.push(line) })
    const cause = new Error('inner\nPLANTED-secret')
    log.failure('HANDLER_FAILED', 'r1', new Error('outer', { cause }))
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      code: 'HANDLER_FAILED',
      requestId: 'r1',
      detail: [expect.stringContaining('outer'), expect.stringContaining('inner\n[secret]')],
    })
  })

  it('ends where causes run in a ring, and copes with what is no Error', () => {
    const lines: string[] = []
    const log = createLog({ secrets: [], write: (line) => lines.push(line) })
    const ring = new Error('ring')
    ring.cause = ring
    log.failure('X', 'r', ring)
    log.failure('X', 'r', 'just a text')
    expect(lines).toHaveLength(2)
  })
})
