/**
 * Planned misfortune, for tests of what clients and services do about it.
 */

export interface FaultRequest {
  method: string
  /** e.g. `UploadPart`. */
  operation: string
  bucket: string
  key: string
  partNumber?: number
}

export type RequestFault =
  /** The answer comes that much later. */
  | { kind: 'latency'; ms: number }
  /** The connection is cut before anything is stored, or after it. */
  | { kind: 'drop'; when: 'before-storing' | 'after-storing' }
  /** OSS's own words for "not now", before anything is stored. */
  | { kind: 'error'; status: 500 | 503 }

export interface FaultCallback {
  bucket: string
  key: string
  url: string
}

export type CallbackFault =
  /** Nothing is sent; the uploader gets the 203 of that failure. */
  | { kind: 'unreachable' }
  | { kind: 'timeout' }
  /** The callback is sent, and its answer replaced. */
  | { kind: 'answer'; status?: number; body?: string; withoutLength?: boolean }
  /** Sent as often as that, one after the other; the first answer counts. OSS never does it, attackers do. */
  | { kind: 'repeat'; times: number }
  | { kind: 'delay'; ms: number }

export interface Faults {
  onRequest?: (request: FaultRequest) => RequestFault | undefined
  onCallback?: (callback: FaultCallback) => CallbackFault | undefined
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
