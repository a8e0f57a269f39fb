import { describe, expect, it } from 'vitest'
import type { RequestReport } from '../../src/service/observer.ts'
import { openObserver } from '../../src/service/open-observer.ts'
import { START } from '../support/clock.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

const parts = {
  watched: { listSecrets: () => [] },
  log: { failure() {}, warning() {} },
  now: () => START,
}
const REPORT: RequestReport = {
  method: 'GET',
  route: '/healthz',
  status: 200,
  ms: 1,
  requestId: 'id-1',
  error: undefined,
  traceId: undefined,
  facts: {},
}

describe('the observers of a service', () => {
  it('are none by default', () => {
    expect(openObserver(createSettings(), parts)).toBe(undefined)
  })

  it('are the one of the program and the access log of the settings', () => {
    const lines: string[] = []
    const reports: RequestReport[] = []
    const observer = openObserver(
      {
        ...createSettings(),
        accessLog: {},
        writeAccessLog: (line) => lines.push(line),
        observer: { request: (report) => reports.push(report) },
      },
      parts,
    )
    observer?.request?.(REPORT)
    expect(reports).toEqual([REPORT])
    expect(lines.map((line) => JSON.parse(line).route)).toEqual(['/healthz'])
  })
})
