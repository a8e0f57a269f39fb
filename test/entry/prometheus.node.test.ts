/** What Prometheus reads, counted by the real library from a real service. */
import { describe, expect, it } from 'vitest'
import { createPrometheus } from '../../src/entry/prometheus.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createClock } from '../support/clock.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'

const TEXT = new TextEncoder().encode('hello')
const SMALL = { profile: 'any', name: 'a.txt', type: 'text/plain', size: TEXT.length }

/** Samples by name and labels, as the text has them. */
function readSamples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

describe('the metrics', () => {
  it('count requests, errors, callbacks and deliveries of a service', async () => {
    const prometheus = await createPrometheus()
    const setup = createServiceWithEmulator({ observer: prometheus.observer })
    const ticket = await setup.order<FormTicket>(SMALL)
    await setup.oss.fetch(buildForm(ticket, TEXT))
    await setup.ask('/uploads', { profile: 'none' })
    const samples = readSamples(await prometheus.read())
    const read = (name: string) => samples.get(name)
    expect(read('upcall_request_seconds_count{route="/uploads",method="POST",status="201"}')).toBe(
      1,
    )
    expect(
      read('upcall_request_seconds_count{route="/callbacks/oss",method="POST",status="200"}'),
    ).toBe(1)
    expect(read('upcall_errors_total{route="/uploads",code="BODY_FIELD"}')).toBe(1)
    expect(read('upcall_callbacks_total{outcome="DELIVERED"}')).toBe(1)
    expect(read('upcall_delivery_seconds_count{event="stored",outcome="DELIVERED"}')).toBe(1)
    expect(read('process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
  })

  it('ask the outbox with each reading: due, dead, and the age of the oldest', async () => {
    const clock = createClock()
    const prometheus = await createPrometheus(clock.now)
    let stats = { due: 0, dead: 2 } as { due: number; dead: number; oldestDueAt?: Date }
    prometheus.watchOutbox({ stats: async () => stats })
    const names = ['due', 'dead', 'oldest_due_seconds', 'readable']
    const read = async () => {
      const samples = readSamples(await prometheus.read())
      return names.map((name) => samples.get(`upcall_outbox_${name}`))
    }
    expect(await read()).toEqual([0, 2, 0, 1])
    stats = { due: 3, dead: 0, oldestDueAt: clock.now() }
    clock.advance(90)
    expect(await read()).toEqual([3, 0, 90, 1])
  })

  it('can be read when the outbox cannot', async () => {
    const prometheus = await createPrometheus()
    prometheus.watchOutbox({ stats: () => Promise.reject(new Error('Redis is down')) })
    const samples = readSamples(await prometheus.read())
    expect(samples.get('upcall_outbox_readable')).toBe(0)
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  })

  it('count what sweeps did', async () => {
    const prometheus = await createPrometheus()
    const report = { listed: 9, problems: [], isPartial: false }
    prometheus.noteSweep({ ...report, accepted: 2, failed: 1, aborted: 0 })
    prometheus.noteSweep({ ...report, accepted: 1, failed: 0, aborted: 4 })
    const samples = readSamples(await prometheus.read())
    expect(samples.get('upcall_swept_total{result="accepted"}')).toBe(3)
    expect(samples.get('upcall_swept_total{result="aborted"}')).toBe(4)
    expect(samples.get('upcall_swept_total{result="failed"}')).toBe(1)
  })

  it('of two services in one process are apart', async () => {
    const [one, two] = await Promise.all([createPrometheus(), createPrometheus()])
    one.observer.callback?.({ outcome: 'DELIVERED' })
    expect(await two.read()).not.toContain('outcome="DELIVERED"')
  })
})
