import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/service/log.ts'

const SECRETS = ['PLANTED-secret']

describe('what is printed', () => {
  it('is one line of JSON with code, request id and every cause', () => {
    const lines: string[] = []
    const log = createLog({ secrets: () => SECRETS, write: (line) => lines.push(line) })
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
    const log = createLog({ secrets: () => [], write: (line) => lines.push(line) })
    const ring = new Error('ring')
    ring.cause = ring
    log.failure('X', 'r', ring)
    log.failure('X', 'r', 'just a text')
    expect(lines).toHaveLength(2)
  })
})
