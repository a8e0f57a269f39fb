/**
 * The access log: one line of JSON a request. What it is about is named by ids; subject, key and file name only where the
 * settings allow it. Never a path, a query or a header.
 */
import type { Observer } from './observer.ts'
import { redact } from './redact.ts'
import type { RequestFacts } from './response.ts'

/** Data of users that a line may name when it is allowed. */
export const ACCESS_LOG_FIELDS = ['subject', 'key', 'name'] as const
export type AccessLogField = (typeof ACCESS_LOG_FIELDS)[number]

export interface AccessLogSettings {
  /** @default none */
  include?: readonly AccessLogField[] | undefined
}

export interface AccessLogOptions extends AccessLogSettings {
  /** Texts that must never be printed, at the moment. */
  secrets: () => readonly string[]
  now: () => Date
  /** @default `console.log` */
  write?: ((line: string) => void) | undefined
}

/** ms with three digits after the point. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

export function createAccessLog({
  include = [],
  secrets,
  now,
  write = (line) => console.log(line),
}: AccessLogOptions): Observer {
  /** A user may call a file like a token; the line must not hold it. */
  function listAllowed(facts: RequestFacts): Record<string, string> {
    const allowed: Record<string, string> = {}
    for (const field of include) {
      const text = facts[field]
      if (text !== undefined) allowed[field] = redact(text, secrets())
    }
    return allowed
  }

  return {
    request({ method, route, status, ms, requestId, error, traceId, facts }) {
      const { uploadId, profile } = facts
      write(
        JSON.stringify({
          level: 'info',
          code: 'REQUEST',
          at: now().toISOString(),
          method,
          route,
          status,
          ms: round(ms),
          requestId,
          error,
          traceId,
          uploadId,
          profile,
          ...listAllowed(facts),
        }),
      )
    },
  }
}
