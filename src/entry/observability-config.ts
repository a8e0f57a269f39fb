/** The variables that say what can be seen of a service from outside: access log, metrics, traces. */
import {
  ACCESS_LOG_FIELDS,
  type AccessLogField,
  type AccessLogSettings,
} from '../service/access-log.ts'
import { MIN_OPERATOR_TOKEN_CHARS } from '../service/operator-token.ts'

export interface ObservabilityConfig {
  accessLog: AccessLogSettings | undefined
  /** Node only: opens `GET /metrics`. */
  metricsToken: string | undefined
  /** Node only: `/metrics` on this port instead, without a token. */
  metricsPort: number | undefined
  /** Node only: spans by the OpenTelemetry that the program was started with. */
  tracingBy: 'opentelemetry' | undefined
}

type ReadText = (name: string) => string | undefined

/** `on`, or what a line may name of users: `subject,key,name`. */
function readAccessLog(read: ReadText, issues: string[]): AccessLogSettings | undefined {
  const words = (read('UPCALL_ACCESS_LOG') ?? 'off').split(',').map((word) => word.trim())
  const [first = 'off'] = words
  if (words.length === 1 && first === 'off') return undefined
  if (words.length === 1 && first === 'on') return { include: [] }
  const include = ACCESS_LOG_FIELDS.filter((field) => words.includes(field))
  if (words.some((word) => !include.includes(word as AccessLogField))) {
    issues.push(
      `UPCALL_ACCESS_LOG must be on, off, or of ${ACCESS_LOG_FIELDS.join(', ')}, separated by commas.`,
    )
  }
  return { include }
}

function readMetricsPort(read: ReadText, issues: string[]): number | undefined {
  const text = read('UPCALL_METRICS_PORT')
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) issues.push('UPCALL_METRICS_PORT must be a number from 0 to 65535.')
  return port
}

/** @param read one variable, blank ones as undefined */
export function readObservability(read: ReadText, issues: string[]): ObservabilityConfig {
  const metricsToken = read('UPCALL_METRICS_TOKEN')
  const metricsPort = readMetricsPort(read, issues)
  const tracing = read('UPCALL_TRACING')
  if (metricsToken !== undefined && metricsToken.length < MIN_OPERATOR_TOKEN_CHARS) {
    issues.push(
      `UPCALL_METRICS_TOKEN is shorter than ${MIN_OPERATOR_TOKEN_CHARS} characters; make one with \`openssl rand -base64 48\`.`,
    )
  } else if (metricsToken !== undefined && !/^[\x21-\x7e]+$/.test(metricsToken)) {
    issues.push(
      'UPCALL_METRICS_TOKEN has characters that no bearer token can have; make one with `openssl rand -base64 48`.',
    )
  }
  if (metricsToken !== undefined && metricsPort !== undefined) {
    issues.push(
      'UPCALL_METRICS_TOKEN and UPCALL_METRICS_PORT exclude each other: a route with a token, or a port of its own.',
    )
  }
  if (tracing !== undefined && tracing !== 'opentelemetry') {
    issues.push('UPCALL_TRACING must be opentelemetry; leave it out for none.')
  }
  return {
    accessLog: readAccessLog(read, issues),
    metricsToken,
    metricsPort,
    tracingBy: tracing === 'opentelemetry' ? tracing : undefined,
  }
}
