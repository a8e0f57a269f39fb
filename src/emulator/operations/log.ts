/**
 * A log of requests and callbacks, for tests and for a live view. It has no query strings, headers or signatures.
 */
export interface RequestEntry {
  time: string
  requestId: string
  method: string
  /** Without the query. */
  path: string
  /** e.g. `PutObject`; empty when the request was refused before. */
  operation: string
  bucket: string
  key: string
  /** 0 when the connection was cut on purpose. */
  status: number
  /** OSS's error code, empty for a success. */
  code: string
  ec: string
  /** Message of the error behind an `InternalError`; else empty. */
  detail: string
}

export interface CallbackEntry {
  time: string
  requestId: string
  bucket: string
  key: string
  /** Host and path of the URL that was called. */
  host: string
  path: string
  /** What was sent. */
  bodyType: string
  body: string
  bytes: number
  /** Status of the callback server's response; 0 without one. */
  status: number
  outcome: 'ok' | 'failed'
  /** The message of the 203, empty for a success. */
  message: string
}

export interface EmulatorLog {
  requests: readonly RequestEntry[]
  callbacks: readonly CallbackEntry[]
  clear(): void
}

// An emulator may run for weeks: the oldest entries are dropped.
const MAX_ENTRIES = 10_000

export function createLog() {
  const requests: RequestEntry[] = []
  const callbacks: CallbackEntry[] = []
  const requestListeners = new Set<(entry: RequestEntry) => void>()
  const callbackListeners = new Set<(entry: CallbackEntry) => void>()

  function add<Entry>(list: Entry[], listeners: Set<(entry: Entry) => void>, entry: Entry): void {
    list.push(entry)
    if (list.length > MAX_ENTRIES) list.splice(0, list.length - MAX_ENTRIES)
    for (const listener of listeners) listener(entry)
  }

  function listen<Entry>(listeners: Set<(entry: Entry) => void>, listener: (entry: Entry) => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  return {
    requests,
    callbacks,
    clear() {
      requests.splice(0)
      callbacks.splice(0)
    },
    addRequest: (entry: RequestEntry) => add(requests, requestListeners, entry),
    addCallback: (entry: CallbackEntry) => add(callbacks, callbackListeners, entry),
    onRequest: (listener: (entry: RequestEntry) => void) => listen(requestListeners, listener),
    onCallback: (listener: (entry: CallbackEntry) => void) => listen(callbackListeners, listener),
  }
}

export type Log = ReturnType<typeof createLog>
