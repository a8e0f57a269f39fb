/**
 * What the page's switches do to the local OSS: callbacks that do not reach the service, by its fault rules, and the line
 * between the browser and OSS, which can be slow or cut. The service's own calls to OSS are left alone.
 */
import { Hono } from 'hono'
import {
  ConnectionDropped,
  type Emulator,
  type EmulatorRequest,
  type FaultCallback,
  type Faults,
} from '../emulator/index.ts'

const LINES = ['fast', 'slow', 'cut'] as const
type Line = (typeof LINES)[number]

/** Of a slow line, all connections together: 48 MB take a quarter of a minute. */
const SLOW_BYTES_PER_SECOND = 3_000_000
// A longer chunk is passed on in pieces, so that the speed is even.
const PIECE_BYTES = 32 * 1024

export interface DemoFaults {
  faults: Faults
  /** @returns the same OSS at the end of the line */
  connect(oss: Pick<Emulator, 'ready' | 'handle'>): Pick<Emulator, 'ready' | 'handle'>
  /** `GET` and `POST /`: what the switches say. */
  routes: Hono
  /** A callback begins. @returns how to stop it */
  onCallbackStart(listener: (callback: FaultCallback) => void): () => void
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** The service and this server call OSS, too; they have other lines. */
function isFromBrowser({ headers }: EmulatorRequest): boolean {
  return /^Mozilla\//.test(headers['user-agent'] ?? '')
}

export function createDemoFaults(): DemoFaults {
  let line: Line = 'fast'
  let isServiceDown = false
  /** When the slow line is free again, in ms of `performance.now()`. */
  let freeAtMs = 0
  const listeners = new Set<(callback: FaultCallback) => void>()

  /** The same bytes, at the speed of the line. @throws ConnectionDropped once it is cut */
  async function* carry(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES)
        if (line === 'slow') {
          const now = performance.now()
          freeAtMs = Math.max(now, freeAtMs) + (piece.byteLength * 1000) / SLOW_BYTES_PER_SECOND
          if (freeAtMs - now > 1) await wait(freeAtMs - now)
        }
        if (line === 'cut') throw new ConnectionDropped()
        yield piece
      }
    }
  }

  const routes = new Hono()
  const readState = () => ({ line, isServiceDown })
  routes.get('/', (c) => c.json(readState()))
  routes.post('/', async (c) => {
    const wanted = await c.req.json<{ line?: unknown; isServiceDown?: unknown }>()
    const known = LINES.find((name) => name === wanted.line)
    if (known) {
      line = known
      freeAtMs = 0
    }
    if (typeof wanted.isServiceDown === 'boolean') isServiceDown = wanted.isServiceDown
    return c.json(readState())
  })

  return {
    routes,
    faults: {
      onCallback(callback) {
        for (const listener of listeners) listener(callback)
        return isServiceDown ? { kind: 'unreachable' } : undefined
      },
    },
    connect: ({ ready, handle }) => ({
      ready,
      async handle(request, adapter) {
        if (!isFromBrowser(request)) return handle(request, adapter)
        if (line === 'cut') throw new ConnectionDropped()
        return handle({ ...request, body: request.body && carry(request.body) }, adapter)
      },
    }),
    onCallbackStart(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
