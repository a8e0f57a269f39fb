/** Node: loads what the settings ask for. Neither package is needed, or loaded, without its setting. */
import type { Server } from 'node:http'
import type { Outbox } from '../service/delivery/outbox.ts'
import type { SweepReport } from '../service/delivery/sweep.ts'
import { ConfigError } from '../service/errors.ts'
import type { MetricsSettings } from '../service/metrics.ts'
import type { Observer } from '../service/observer.ts'
import type { Tracing } from '../service/tracing.ts'
import { startMetricsServer } from './metrics-server.ts'
import type { ObservabilityConfig } from './observability-config.ts'

export interface Observability {
  observer: Observer | undefined
  tracing: Tracing | undefined
  /** For the route of the service. */
  metrics: MetricsSettings | undefined
  watchOutbox(outbox: Outbox): void
  noteSweep(report: SweepReport): void
  /** On a port of its own, when the settings name it. */
  listen(host: string, onListening: (port: number) => void): Server | undefined
}

async function loadTracing(
  tracingBy: ObservabilityConfig['tracingBy'],
): Promise<Tracing | undefined> {
  if (tracingBy === undefined) return undefined
  try {
    const { createOpenTelemetry } = await import('./opentelemetry.ts')
    return createOpenTelemetry()
  } catch {
    throw new ConfigError([
      'UPCALL_TRACING needs the package @opentelemetry/api: run `npm install @opentelemetry/api`, and start Node with your SDK.',
    ])
  }
}

/** @throws {ConfigError} when a package is missing */
export async function openObservability({
  metricsToken,
  metricsPort,
  tracingBy,
}: Omit<ObservabilityConfig, 'accessLog'>): Promise<Observability> {
  const isMeasured = metricsToken !== undefined || metricsPort !== undefined
  const source = isMeasured ? await (await import('./prometheus.ts')).createPrometheus() : undefined
  return {
    observer: source?.observer,
    tracing: await loadTracing(tracingBy),
    metrics: source && metricsToken !== undefined ? { source, token: metricsToken } : undefined,
    watchOutbox: (outbox) => source?.watchOutbox(outbox),
    noteSweep: (report) => source?.noteSweep(report),
    listen(host, onListening) {
      if (!source || metricsPort === undefined) return undefined
      return startMetricsServer({ source, host, port: metricsPort }, onListening)
    },
  }
}
