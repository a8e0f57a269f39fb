/**
 * Fault injection for tests.
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
  /** The request is served that much later. */
  | { kind: 'latency'; ms: number }
  /** The connection is cut before anything is stored, or after it. */
  | { kind: 'drop'; when: 'before-storing' | 'after-storing' }
  /** OSS's `InternalError` or `ServiceUnavailable`, before anything is stored. */
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
  /** The callback is sent, and its response replaced. */
  | { kind: 'response'; status?: number; body?: string; withoutLength?: boolean }
  /** Sent that many times, one after the other; the first response counts. OSS never does this; attackers do. */
  | { kind: 'repeat'; times: number }
  | { kind: 'delay'; ms: number }

export interface Faults {
  onRequest?: (request: FaultRequest) => RequestFault | undefined
  onCallback?: (callback: FaultCallback) => CallbackFault | undefined
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
