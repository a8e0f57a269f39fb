/**
 * A model of one line to the Internet: its bandwidth up and down, shared by all connections, its round-trip time, and for each
 * connection a congestion window as TCP has: 10 segments at first, doubled each round trip, cut when the queue before the line
 * gets long, small again after a pause. Lost packets are not modelled: a long queue is told at once, as by ECN.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6928 initial window
 * @see https://www.rfc-editor.org/rfc/rfc5681 slow start, congestion avoidance, restart after a pause
 */

export interface LineRules {
  /** All connections together, towards the servers. 0: without limit. */
  upBytesPerSecond: number
  downBytesPerSecond: number
  rttMs: number
  /** The round trip takes up to so much more or less, half of it each way, piece by piece; pieces of a connection stay in order. */
  jitterMs: number
}

/** Nothing is delayed. */
export const NO_LIMITS: LineRules = {
  upBytesPerSecond: 0,
  downBytesPerSecond: 0,
  rttMs: 0,
  jitterMs: 0,
}

export const SEGMENT_BYTES = 1460
export const INITIAL_WINDOW_BYTES = 10 * SEGMENT_BYTES
/** What is sent in one piece at most: a timer for each segment would keep the processor busy. */
const PIECE_BYTES = 8 * SEGMENT_BYTES
/** A window is cut to this share, as CUBIC does. */
const CUT_SHARE = 0.7
/** The queue before the line is long from here on, ms; on a far line from one round trip on. */
const LONG_QUEUE_MS = 50
/** A connection that has sent nothing for so long starts slowly again, ms; Linux: the retransmission timeout. */
const PAUSE_MS = 1000

export type Direction = 'up' | 'down'

export interface Flow {
  /** Bytes that have not left yet. */
  readonly queuedBytes: number
  push(chunk: Buffer): void
  /** Calls back when everything that was pushed has arrived. */
  end(arrived: () => void): void
  /** Nothing more arrives. */
  stop(): void
}

export interface Line {
  rules: LineRules
  /**
   * One direction of one connection.
   *
   * @param deliver gets the bytes as they arrive
   * @param onRoom some have left
   */
  open(direction: Direction, deliver: (chunk: Buffer) => void, onRoom: () => void): Flow
}

/** @param random for the jitter, 0 … 1 */
export function createLine(random: () => number): Line {
  /** When the last byte that was sent so far has passed, ms. */
  const freeAt = { up: 0, down: 0 }
  const line: Line = { rules: NO_LIMITS, open }

  /** @returns when the piece has passed, and how long it waited before, ms */
  function pass(direction: Direction, bytes: number, now: number): [at: number, waitedMs: number] {
    const { upBytesPerSecond, downBytesPerSecond } = line.rules
    const bytesPerSecond = direction === 'up' ? upBytesPerSecond : downBytesPerSecond
    if (!bytesPerSecond) return [now, 0]
    const startsAt = Math.max(freeAt[direction], now)
    freeAt[direction] = startsAt + (1000 * bytes) / bytesPerSecond
    return [freeAt[direction], startsAt - now]
  }

  function open(direction: Direction, deliver: (chunk: Buffer) => void, onRoom: () => void): Flow {
    let queue: Buffer[] = []
    /** On their way, in order: timers may be due out of theirs. */
    let sent: Buffer[] = []
    let queuedBytes = 0
    let windowBytes = INITIAL_WINDOW_BYTES
    let slowStartBelowBytes = Number.POSITIVE_INFINITY
    let bytesInFlight = 0
    let lastArrivalAt = 0
    let lastSentAt = Number.NEGATIVE_INFINITY
    let lastCutAt = Number.NEGATIVE_INFINITY
    let isLimitedByWindow = false
    let isStopped = false
    let arrived: (() => void) | undefined

    function takePiece(maxBytes: number): Buffer {
      const [first = Buffer.alloc(0)] = queue
      const piece = first.subarray(0, maxBytes)
      if (piece.length === first.length) queue.shift()
      else queue[0] = first.subarray(maxBytes)
      queuedBytes -= piece.length
      return piece
    }

    function cutWindow(now: number): void {
      if (now - lastCutAt < line.rules.rttMs) return
      lastCutAt = now
      windowBytes = Math.max(INITIAL_WINDOW_BYTES, windowBytes * CUT_SHARE)
      slowStartBelowBytes = windowBytes
    }

    function acknowledge(bytes: number): void {
      bytesInFlight -= bytes
      if (isLimitedByWindow) {
        const isSlowStart = windowBytes < slowStartBelowBytes
        windowBytes += isSlowStart ? bytes : (SEGMENT_BYTES * bytes) / windowBytes
      }
      send()
    }

    function finishIfEmpty(): void {
      if (arrived && !isStopped && queuedBytes === 0 && bytesInFlight === 0) {
        const call = arrived
        arrived = undefined
        call()
      }
    }

    function sendPiece(piece: Buffer, now: number): void {
      const { rttMs, jitterMs } = line.rules
      const [passedAt, waitedMs] = pass(direction, piece.length, now)
      if (waitedMs > Math.max(LONG_QUEUE_MS, rttMs)) cutWindow(now)
      lastArrivalAt = Math.max(lastArrivalAt, passedAt + rttMs / 2 + (random() - 0.5) * jitterMs)
      bytesInFlight += piece.length
      lastSentAt = now
      sent.push(piece)
      setTimeout(() => {
        const next = sent.shift()
        if (!next) return
        deliver(next)
        setTimeout(() => {
          acknowledge(next.length)
          finishIfEmpty()
        }, rttMs / 2)
      }, lastArrivalAt - now)
    }

    function send(): void {
      const now = performance.now()
      const { rttMs } = line.rules
      if (bytesInFlight === 0 && now - lastSentAt > Math.max(PAUSE_MS, 2 * rttMs)) {
        windowBytes = Math.min(windowBytes, INITIAL_WINDOW_BYTES)
      }
      while (!isStopped && queuedBytes > 0) {
        // Without a line there is nothing to wait for.
        const room = rttMs ? windowBytes - bytesInFlight : PIECE_BYTES
        isLimitedByWindow = room < Math.min(queuedBytes, SEGMENT_BYTES)
        if (isLimitedByWindow) return
        sendPiece(takePiece(Math.min(PIECE_BYTES, Math.floor(room))), now)
        onRoom()
      }
    }

    return {
      get queuedBytes() {
        return queuedBytes
      },
      push(chunk) {
        queue.push(chunk)
        queuedBytes += chunk.length
        send()
      },
      end(callback) {
        arrived = callback
        finishIfEmpty()
      },
      stop() {
        isStopped = true
        queue = []
        sent = []
        queuedBytes = 0
      },
    }
  }

  return line
}
