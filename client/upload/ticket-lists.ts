/**
 * A transport that asks for the tickets of many small files by one call of the service: requests of single tickets are held for
 * a moment, sent as a list, and each gets its own response.
 */
import { parseJson } from '../http/response.ts'
import type { Transport, TransportRequest, TransportResponse } from '../options.ts'

/** The service's limit for one call. */
const MAX_UPLOADS = 50
/** Larger files are sent for longer than a call takes. */
const MAX_BYTES = 2 ** 20
/** While so many tickets wait to be used, the next list can grow. */
const TICKETS_LEFT = 8
/** A list is sent when no request has joined it for so long, ms, or after the most. */
const GATHER_MS = 10
const MAX_GATHER_MS = 100
/** When no ticket was used for so long, no further one is waited for, ms: an upload may have failed before its first byte. */
const MAX_IDLE_MS = 5000

interface Held {
  request: TransportRequest
  resolve: (response: TransportResponse | Promise<TransportResponse>) => void
  reject: (reason: unknown) => void
  since: number
}

function isSmall({ stage, url, body }: TransportRequest): boolean {
  const size = parseJson<{ size?: number }>(String(body))?.size
  return stage === 'sign' && url.endsWith('/uploads') && size !== undefined && size <= MAX_BYTES
}

/** The same service, as the same user. */
const describeCaller = ({ url, headers }: TransportRequest) => JSON.stringify([url, headers])

/** A signal that is aborted when all of these are; `reject` tells each that leaves. */
function joinSignals(group: readonly Held[]): AbortSignal {
  const controller = new AbortController()
  let left = group.length
  for (const { request, reject } of group) {
    const leave = () => {
      left -= 1
      reject(request.signal.reason)
      if (!left) controller.abort(request.signal.reason)
    }
    request.signal.addEventListener('abort', leave, { once: true })
    if (request.signal.aborted) leave()
  }
  return controller.signal
}

export function createListTransport(transport: Transport): Transport {
  let held: Held[] = []
  /** Of uploads that have a ticket and have sent nothing. */
  const unused = new Set<AbortSignal>()
  /** When a ticket was used for the last time, or the first request was held. */
  let lastAt = 0
  let isPlanned = false

  /** Sends what belongs together as one list. What has no ticket in its response is asked for alone, to get its own error. */
  async function sendList(group: readonly Held[]): Promise<void> {
    const [{ request }] = group as [Held]
    const uploads = group.map((one) => parseJson(String(one.request.body)))
    const body = JSON.stringify({ uploads })
    try {
      const response = await transport({ ...request, body, signal: joinSignals(group) })
      const list = parseJson<{ tickets?: { session?: string }[] }>(response.text)?.tickets
      // A passing error is of all: each repeats its request, which makes another list.
      const isOfAll = response.status >= 500 || response.status === 429
      for (const [at, one] of group.entries()) {
        const ticket = list?.[at]
        if (isOfAll) one.resolve(response)
        else if (!ticket?.session) one.resolve(transport(one.request))
        else {
          noteTicket(one.request.signal)
          one.resolve({ ...response, status: 201, text: JSON.stringify(ticket) })
        }
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  function noteTicket(signal: AbortSignal): void {
    if (signal.aborted) return
    unused.add(signal)
    signal.addEventListener('abort', () => unused.delete(signal), { once: true })
  }

  function flush(): void {
    isPlanned = false
    held = held.filter(({ request }) => !request.signal.aborted)
    const [first] = held
    if (!first) return
    const now = performance.now()
    const isGathering =
      now - (held.at(-1)?.since ?? 0) < GATHER_MS && now - first.since < MAX_GATHER_MS
    const isEarly = unused.size > TICKETS_LEFT && now - lastAt < MAX_IDLE_MS
    if (held.length < MAX_UPLOADS && (isGathering || isEarly)) {
      plan()
      return
    }
    const caller = describeCaller(first.request)
    const group = held
      .filter(({ request }) => describeCaller(request) === caller)
      .slice(0, MAX_UPLOADS)
    held = held.filter((one) => !group.includes(one))
    if (group.length === 1) first.resolve(transport(first.request))
    else void sendList(group)
    plan()
  }

  function plan(): void {
    if (isPlanned || held.length === 0) return
    isPlanned = true
    setTimeout(flush, GATHER_MS)
  }

  return (request) => {
    if (unused.delete(request.signal)) lastAt = performance.now()
    if (!isSmall(request)) return transport(request)
    return new Promise((resolve, reject) => {
      request.signal.throwIfAborted()
      request.signal.addEventListener('abort', () => reject(request.signal.reason), { once: true })
      if (held.length === 0) lastAt = performance.now()
      held.push({ request, resolve, reject, since: performance.now() })
      plan()
    })
  }
}
