/** What a line holds, and what it must not. */
import { describe, expect, it } from 'vitest'
import { type AccessLogField, createAccessLog } from '../../src/service/access-log.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { START } from '../support/clock.ts'
import { PLANTED, UPCALL_SECRET } from '../support/keys.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'

const TEXT = new TextEncoder().encode('hello')
const NAME = '年度报告 "final".txt'

/** The lines of a ticket, its upload, a refused request and one without a route. */
async function run(include?: readonly AccessLogField[]): Promise<string[]> {
  const lines: string[] = []
  const setup = createServiceWithEmulator({
    accessLog: include ? { include } : {},
    writeAccessLog: (line) => lines.push(line),
  })
  const order = { profile: 'any', name: NAME, type: 'text/plain', size: TEXT.length }
  const ticket = await setup.order<FormTicket>(order)
  await setup.oss.fetch(buildForm(ticket, TEXT))
  await setup.ask('/uploads/parts?token=PLANTED', { session: ticket.session, partNumbers: [1] })
  await setup.ask('/private/PLANTED', {})
  return lines
}

describe('the access log', () => {
  it('has one line of JSON a request, with route, status, time and request id', async () => {
    const lines = (await run()).map((line) => JSON.parse(line))
    expect(lines.map(({ method, route, status, error }) => [method, route, status, error])).toEqual(
      [
        ['POST', '/uploads', 201, undefined],
        ['POST', '/callbacks/oss', 200, undefined],
        ['POST', '/uploads/parts', 400, 'SESSION_KIND'],
        ['POST', 'unmatched', 404, 'NOT_FOUND'],
      ],
    )
    for (const { level, code, at, ms, requestId } of lines) {
      expect([level, code, at]).toEqual(['info', 'REQUEST', START.toISOString()])
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(requestId).toMatch(/^[\w-]{22}$/)
    }
    expect(lines[0]).toMatchObject({
      profile: 'any',
      uploadId: expect.stringMatching(/^[\w-]{22}$/),
    })
  })

  it('names neither subject nor key nor file, no path, query or secret', async () => {
    const lines = await run()
    for (const text of ['user-42', 'any/20', '年度', 'PLANTED', 'eyJ', ...PLANTED]) {
      expect(lines.join('\n')).not.toContain(text)
    }
  })

  it('names them where the settings allow it, one by one', async () => {
    const [line = ''] = await run(['subject'])
    expect(JSON.parse(line)).toMatchObject({ subject: 'user-42' })
    expect(JSON.parse(line)).not.toHaveProperty('key')
    const [full = ''] = await run(['subject', 'key', 'name'])
    expect(JSON.parse(full)).toMatchObject({
      subject: 'user-42',
      key: expect.stringMatching(/^any\//),
      name: NAME,
    })
  })

  it('does not exist unless the settings ask for it', async () => {
    const lines: string[] = []
    const setup = createServiceWithEmulator({ writeAccessLog: (line) => lines.push(line) })
    await setup.ask('/uploads', {})
    expect(lines).toEqual([])
  })

  it('stays one line, and without secrets, whatever a user calls a file', () => {
    const lines: string[] = []
    const log = createAccessLog({
      include: ['name'],
      secrets: () => [UPCALL_SECRET],
      now: () => START,
      write: (line) => lines.push(line),
    })
    log.request?.({
      method: 'POST',
      route: '/uploads',
      status: 201,
      ms: 0.123456,
      requestId: 'id',
      error: undefined,
      traceId: undefined,
      facts: { name: `a\n{"level":"error"} ${UPCALL_SECRET} eyJhbGciOiJIUzI1NiJ9.e30.x` },
    })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(lines[0]).not.toContain(UPCALL_SECRET)
    expect(lines[0]).not.toContain('eyJhbGciOiJIUzI1NiJ9')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ms: 0.123 })
  })
})
