/**
 * The switch "this page is offline". A page cannot take its device off the network, so this does to the client what the
 * network would: requests end without a response, `navigator.onLine` is false, and the events are dispatched.
 */
import { UploadError } from '../http/errors.ts'
import type { Transport } from '../index.ts'

export interface OfflineSwitch {
  readonly isOffline: boolean
  set(isOffline: boolean): void
  /** The same transport, which ends with the line. */
  guard(transport: Transport): Transport
}

export function createOfflineSwitch(): OfflineSwitch {
  let line = new AbortController()

  return {
    get isOffline() {
      return line.signal.aborted
    },
    set(isOffline) {
      if (isOffline === line.signal.aborted) return
      if (isOffline) {
        Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })
        line.abort()
      } else {
        // The browser's own property is there again.
        Reflect.deleteProperty(navigator, 'onLine')
        line = new AbortController()
      }
      dispatchEvent(new Event(isOffline ? 'offline' : 'online'))
    },
    guard: (transport) => async (request) => {
      const { signal } = line
      const fault = () => new UploadError('OFFLINE', request.stage)
      if (signal.aborted) throw fault()
      try {
        return await transport({ ...request, signal: AbortSignal.any([request.signal, signal]) })
      } catch (error) {
        throw signal.aborted && !request.signal.aborted ? fault() : error
      }
    },
  }
}
