import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createMetricsFetch, startMetricsServer } from '../../src/entry/metrics-server.ts'

const source = { contentType: 'text/plain; version=0.0.4', read: async () => 'upcall_up 1\n' }
const fetchMetrics = createMetricsFetch(source)

describe('the port of the metrics', () => {
  it.each([
    ['GET', '/metrics', 200],
    ['GET', '/metrics?name=x', 200],
    ['HEAD', '/metrics', 200],
    ['POST', '/metrics', 405],
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['POST', '/uploads', 404],
    ['GET', '/operator/dead', 404],
  ])('responds to %s %s with %i', async (method, path, status) => {
    const response = await fetchMetrics(new Request(`http://127.0.0.1${path}`, { method }))
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('listens, and shows them as what they are', async () => {
    let told = 0
    const server = startMetricsServer({ source, host: '127.0.0.1', port: 0 }, (port) => {
      told = port
    })
    try {
      if (!server.listening) await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const response = await fetch(`http://127.0.0.1:${port}/metrics`)
      expect(response.headers.get('content-type')).toBe(source.contentType)
      expect(await response.text()).toBe('upcall_up 1\n')
      expect(told).toBe(port)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
