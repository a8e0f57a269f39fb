/** Node: `/metrics` on a port of its own, for a network that only the monitoring reaches. */
import type { Server } from 'node:http'
import type { MetricsSource } from '../service/metrics.ts'
import { startServer } from './node-server.ts'

export interface MetricsServerOptions {
  source: MetricsSource
  host: string
  /** 0 takes a free one. */
  port: number
}

const NO_STORE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Responds to `GET /metrics`, and 404 or 405 to everything else. */
export function createMetricsFetch(source: MetricsSource): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    const text = (words: string, status: number, more: Record<string, string> = {}) =>
      new Response(`${words}\n`, { status, headers: { ...NO_STORE, ...more } })
    if (new URL(url).pathname !== '/metrics') return text('Here is nothing but /metrics.', 404)
    if (method !== 'GET' && method !== 'HEAD') {
      return text('This address takes GET, HEAD only.', 405, { allow: 'GET, HEAD' })
    }
    const headers = { ...NO_STORE, 'content-type': source.contentType }
    return new Response(await source.read(), { headers })
  }
}

export function startMetricsServer(
  { source, host, port }: MetricsServerOptions,
  onListening: (port: number) => void,
): Server {
  return startServer({ fetch: createMetricsFetch(source), host, port }, onListening)
}
