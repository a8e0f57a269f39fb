/** What the servers do, as it happens, as an event stream for the demo page. Times are ms since 1970 by this server's clock. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { CallbackEntry, Emulator } from '../emulator/index.ts'
import type { DemoApplication } from './demo-application.ts'
import type { DemoFaults } from './demo-faults.ts'

const PING_MS = 15_000
const MAX_LOGGED_BODY_CHARS = 4000
/** Callbacks on their way at the same time; the oldest are dropped. */
const MAX_STARTED = 1000

export interface DemoEventSources {
  emulator: Pick<Emulator, 'onCallback'>
  application: Pick<DemoApplication, 'onEvent'>
  faults: Pick<DemoFaults, 'onCallbackStart'>
}

/** With fractions: most steps of an upload on one machine take less than 10 ms. */
export const readClockMs = (): number => performance.timeOrigin + performance.now()

/** A callback for people: one field a line, the seal left out. */
function describeBody({ body, bodyType }: CallbackEntry): string {
  const fields =
    bodyType === 'application/json'
      ? body
      : [...new URLSearchParams(body)]
          .map(
            ([name, value]) => `${name} = ${name === 'seal' ? '(sealed by the service)' : value}`,
          )
          .join('\n')
  return fields.slice(0, MAX_LOGGED_BODY_CHARS)
}

export function createDemoEvents({ emulator, application, faults }: DemoEventSources) {
  /** Key → when its callback began. */
  const startedAtMs = new Map<string, number>()
  const listeners = new Set<(event: string, data: object) => void>()
  const tell = (event: string, data: object) => {
    for (const listener of listeners) listener(event, data)
  }
  faults.onCallbackStart(({ key }) => {
    const atMs = readClockMs()
    startedAtMs.set(key, atMs)
    const [oldest = ''] = startedAtMs.keys()
    if (startedAtMs.size > MAX_STARTED) startedAtMs.delete(oldest)
    tell('callback-start', { key, atMs })
  })
  emulator.onCallback((entry) => {
    const { time, key, status, outcome, message } = entry
    const endedAtMs = readClockMs()
    const fromMs = startedAtMs.get(key) ?? endedAtMs
    startedAtMs.delete(key)
    const body = describeBody(entry)
    tell('callback', { time, key, status, outcome, message, body, fromMs, toMs: endedAtMs })
  })
  application.onEvent((news) => tell('application', { ...news, atMs: readClockMs() }))

  return (c: Context) =>
    streamSSE(c, async (stream) => {
      const write = (event: string, data: object): void => {
        void stream.writeSSE({ event, data: JSON.stringify(data) })
      }
      listeners.add(write)
      stream.onAbort(() => void listeners.delete(write))
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'ping', data: '' })
        await stream.sleep(PING_MS)
      }
    })
}
