import { describe, expect, it } from 'vitest'
import { readObservability } from '../../src/entry/observability-config.ts'

const TOKEN = 'PLANTED-metrics-token-of-32-characters-'

function read(env: Record<string, string>) {
  const issues: string[] = []
  const config = readObservability((name) => env[name], issues)
  return { config, issues }
}

describe('what can be seen of a service', () => {
  it('is nothing by default', () => {
    expect(read({})).toEqual({
      config: {
        accessLog: undefined,
        metricsToken: undefined,
        metricsPort: undefined,
        tracingBy: undefined,
      },
      issues: [],
    })
  })

  it.each([
    ['off', undefined],
    ['on', { include: [] }],
    ['subject', { include: ['subject'] }],
    ['name, key,subject', { include: ['subject', 'key', 'name'] }],
  ])('is an access log by %s', (text, expected) => {
    const { config, issues } = read({ UPCALL_ACCESS_LOG: text })
    expect(config.accessLog).toEqual(expected)
    expect(issues).toEqual([])
  })

  it('are metrics by a token, or on a port, and traces', () => {
    expect(read({ UPCALL_METRICS_TOKEN: TOKEN }).config.metricsToken).toBe(TOKEN)
    expect(read({ UPCALL_METRICS_PORT: '0' }).config.metricsPort).toBe(0)
    expect(read({ UPCALL_TRACING: 'opentelemetry' }).config.tracingBy).toBe('opentelemetry')
  })

  it.each([
    [{ UPCALL_ACCESS_LOG: 'yes' }, /^UPCALL_ACCESS_LOG must be on, off, or of subject, key, name/],
    [{ UPCALL_ACCESS_LOG: 'on,subject' }, /^UPCALL_ACCESS_LOG must be/],
    [{ UPCALL_ACCESS_LOG: 'subject,email' }, /^UPCALL_ACCESS_LOG must be/],
    [{ UPCALL_METRICS_TOKEN: 'PLANTED-short' }, /^UPCALL_METRICS_TOKEN is shorter than 32/],
    [{ UPCALL_METRICS_PORT: '70000' }, /^UPCALL_METRICS_PORT must be a number/],
    [{ UPCALL_METRICS_PORT: 'nine' }, /^UPCALL_METRICS_PORT must be a number/],
    [{ UPCALL_TRACING: 'jaeger' }, /^UPCALL_TRACING must be opentelemetry/],
    [
      { UPCALL_METRICS_TOKEN: TOKEN, UPCALL_METRICS_PORT: '9464' },
      /^UPCALL_METRICS_TOKEN and UPCALL_METRICS_PORT exclude each other/,
    ],
  ])('by %o is refused with what to write', (env, words) => {
    const { issues } = read(env as Record<string, string>)
    expect(issues).toEqual([expect.stringMatching(words)])
    expect(issues.join()).not.toContain('PLANTED')
  })
})
