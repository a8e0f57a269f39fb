/** The dashboard asks for nothing that the service does not measure. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createPrometheus } from '../../src/entry/prometheus.ts'

interface Panel {
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets: { expr: string; refId: string }[]
}

interface Dashboard {
  panels: Panel[]
  templating: { list: { name: string; definition?: string }[] }
}

const dashboard: Dashboard = JSON.parse(readFileSync('deploy/grafana.json', 'utf8'))
const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
const definitions = dashboard.templating.list.flatMap(({ definition = [] }) => definition)

/** Names of metrics, as they are sampled: those of histograms with `_bucket`, `_count` and `_sum`. */
const METRIC = /\b(?:upcall|nodejs|process)_\w+/g

interface Described {
  name: string
  type: string
  labels: Set<string>
}

/** One request, callback, delivery and sweep: every label has a value. */
async function describeMetrics(): Promise<Map<string, Described>> {
  const prometheus = await createPrometheus()
  prometheus.watchOutbox({ stats: async () => ({ due: 0, dead: 0 }) })
  prometheus.observer.request?.({
    method: 'POST',
    route: '/uploads',
    status: 201,
    ms: 1,
    requestId: 'id',
    error: 'NONE',
    traceId: undefined,
    facts: {},
  })
  prometheus.observer.callback?.({ outcome: 'DELIVERED' })
  prometheus.observer.delivery?.({ event: 'stored', number: 1, outcome: 'DELIVERED', ms: 1 })
  const report = { listed: 0, problems: [], isPartial: false }
  prometheus.noteSweep({ ...report, accepted: 0, failed: 0, aborted: 0 })
  const samples = new Map<string, Described>()
  for (const line of (await prometheus.read()).split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    if (name === undefined) continue
    const known = samples.get(name)?.labels ?? []
    const own = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)
    samples.set(name, { name, type: '', labels: new Set([...known, ...own]) })
  }
  return samples
}

describe('deploy/grafana.json', () => {
  it('queries metrics that there are', async () => {
    const samples = await describeMetrics()
    const asked = new Set(
      [...expressions, ...definitions].flatMap((text) => text.match(METRIC) ?? []),
    )
    expect(asked.size).toBeGreaterThan(8)
    expect([...asked].filter((name) => !samples.has(name))).toEqual([])
  })

  it('shows every metric of the service', async () => {
    const own = [...(await describeMetrics()).keys()].filter(
      (name) => name.startsWith('upcall_') && !/_(?:sum|bucket)$/.test(name),
    )
    expect(own.length).toBeGreaterThan(7)
    const text = expressions.join('\n')
    expect(own.filter((name) => !text.includes(name))).toEqual([])
  })

  it('groups and filters by labels that these metrics have', async () => {
    const samples = await describeMetrics()
    // What Prometheus adds to each sample.
    const added = ['job', 'instance']
    for (const expr of expressions) {
      const [name = ''] = expr.match(METRIC) ?? []
      const labels = [...added, ...(samples.get(name)?.labels ?? [])]
      const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? []
      const filtered = [...expr.matchAll(/[{,](\w+)=/g)].map(([, label = '']) => label)
      expect(
        [...grouped, ...filtered].filter((label) => !labels.includes(label)),
        expr,
      ).toEqual([])
    }
  })

  it('has balanced brackets, and panels that do not overlap', () => {
    for (const expr of expressions) {
      for (const [open, close] of ['()', '{}', '[]'].map((pair) => [...pair])) {
        expect(expr.split(open ?? '').length, expr).toBe(expr.split(close ?? '').length)
      }
    }
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })
})
