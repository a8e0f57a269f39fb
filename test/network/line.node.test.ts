/** The model of the line against what it should be by its own rules, on real sockets. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createLine, INITIAL_WINDOW_BYTES, type LineRules } from './line.ts'
import { createShapedProxy, type ShapedProxy } from './shaped-proxy.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A server that responds to each byte `?` with so many bytes, and notes when how many have come. */
async function start(rules: Partial<LineRules>, responseBytes = 1, random = () => 0) {
  const line = createLine(random)
  line.rules = { upBytesPerSecond: 0, downBytesPerSecond: 0, rttMs: 0, jitterMs: 0, ...rules }
  const arrivals: [atMs: number, bytes: number][] = []
  const chunks: Buffer[] = []
  /** How connections ended: `end`, or the code of an error. */
  const ends: (string | undefined)[] = []
  const server: Server = createServer((socket) => {
    socket.on('error', ({ code }: NodeJS.ErrnoException) => ends.push(code))
    socket.on('end', () => ends.push('end'))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      arrivals.push([performance.now(), chunk.length])
      if (chunk.includes('?')) socket.write(Buffer.alloc(responseBytes))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: ShapedProxy = await createShapedProxy(
    line,
    () => (server.address() as AddressInfo).port,
  )
  open.push(() => proxy.close())
  open.push(() => server.close())
  const dial = async () => {
    const socket = connect(proxy.port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  return { arrivals, chunks, ends, dial }
}

async function ask(socket: Awaited<ReturnType<typeof connect>>, bytes: number): Promise<number> {
  const startedAt = performance.now()
  let got = 0
  socket.write('?')
  while (got < bytes) got += (await once(socket, 'data'))[0].length
  return performance.now() - startedAt
}

describe('the line', () => {
  it('takes two round trips for the first byte of a connection, then one', async () => {
    const { dial } = await start({ rttMs: 60 })
    const socket = await dial()
    const times = [await ask(socket, 1), await ask(socket, 1)]
    expect(times[0]).toBeGreaterThanOrEqual(118)
    expect(times[1]).toBeGreaterThanOrEqual(58)
    expect(times[1]).toBeLessThan(110)
  })

  /** @returns bytes per second of `count` connections at once */
  async function measureRate(count: number): Promise<number> {
    const bytes = 1_500_000
    const { dial, arrivals } = await start({ upBytesPerSecond: 2_500_000, rttMs: 20 })
    const sockets = await Promise.all(Array.from({ length: count }, dial))
    for (const socket of sockets) socket.write(Buffer.alloc(bytes / count))
    await expect
      .poll(() => arrivals.reduce((sum, [, size]) => sum + size, 0), { timeout: 5000 })
      .toBe(bytes)
    // From the first to the last arrival, without the slow start of its first tenth.
    let seen = 0
    let fromAt = 0
    for (const [at, size] of arrivals) {
      if (seen > bytes / 10) break
      seen += size
      fromAt = at
    }
    return (1000 * (bytes - seen)) / ((arrivals.at(-1)?.[0] ?? 0) - fromAt)
  }

  it.each([1, 6])('gives %i connections its bandwidth together', async (count) => {
    // A busy machine is late, never early: then it is measured again.
    const rates: number[] = []
    for (let time = 0; time < 4 && !rates.some((rate) => rate > 2_500_000 * 0.7); time += 1) {
      rates.push(await measureRate(count))
    }
    expect(Math.max(...rates)).toBeLessThan(2_500_000 * 1.05)
    expect(Math.max(...rates)).toBeGreaterThan(2_500_000 * 0.7)
  })

  /** @returns for each round trip what arrived, in initial windows */
  async function measureWindows(): Promise<number[]> {
    const { dial, arrivals } = await start({ rttMs: 100 })
    const socket = await dial()
    socket.write(Buffer.alloc(8 * INITIAL_WINDOW_BYTES))
    await expect
      .poll(() => arrivals.reduce((sum, [, size]) => sum + size, 0), { timeout: 5000 })
      .toBe(8 * INITIAL_WINDOW_BYTES)
    const firstAt = arrivals[0]?.[0] ?? 0
    const windows = [0, 0, 0, 0]
    for (const [at, size] of arrivals) {
      const round = Math.round((at - firstAt) / 100)
      windows[round] = (windows[round] ?? 0) + size / INITIAL_WINDOW_BYTES
    }
    return windows.map((share) => Math.round(share))
  }

  it('sends ten segments, then twice as many in each round trip', async () => {
    // A busy machine is late, never early: then it is measured again.
    const expected = [1, 2, 4, 1]
    let windows = await measureWindows()
    for (let time = 1; time < 4 && windows.join() !== expected.join(); time += 1) {
      windows = await measureWindows()
    }
    expect(windows).toEqual(expected)
  })

  it('counts both directions apart', async () => {
    const { dial } = await start({ downBytesPerSecond: 1_000_000, rttMs: 10 }, 300_000)
    const socket = await dial()
    expect(await ask(socket, 300_000)).toBeGreaterThan(290)
  })

  it('varies the round trip around its length', async () => {
    let next = 0
    const { dial } = await start({ rttMs: 60, jitterMs: 30 }, 1, () => next)
    const socket = await dial()
    // Timers are late, and early by less than 1 ms: the least of several is what the line takes. The first takes a handshake more.
    async function measureLeast(): Promise<number> {
      const times: number[] = []
      for (let time = 0; time < 6; time += 1) times.push(await ask(socket, 1))
      return Math.min(...times)
    }
    const shortest = await measureLeast()
    next = 1
    const longest = await measureLeast()
    expect([Math.round(shortest / 10), Math.round(longest / 10)]).toEqual([3, 9])
  })

  it('keeps the bytes of a connection in order, whatever the jitter', async () => {
    const rules = { upBytesPerSecond: 4_000_000, rttMs: 30, jitterMs: 30 }
    const { dial, chunks } = await start(rules, 1, () => Math.random())
    const bytes = Buffer.from(Uint32Array.from({ length: 100_000 }, (_, at) => at).buffer)
    const socket = await dial()
    socket.write(bytes)
    await expect
      .poll(() => chunks.reduce((sum, { length }) => sum + length, 0), { timeout: 5000 })
      .toBe(bytes.length)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })

  it('passes an end on after the bytes before it, and a reset', async () => {
    const { dial, ends, arrivals } = await start({ rttMs: 40, upBytesPerSecond: 1_000_000 })
    const [polite, rude] = [await dial(), await dial()]
    await Promise.all([ask(polite, 1), ask(rude, 1)])
    polite.end(Buffer.alloc(50_000))
    await expect.poll(() => ends, { timeout: 2000 }).toEqual(['end'])
    expect(arrivals.reduce((sum, [, size]) => sum + size, 0)).toBe(50_002)
    rude.resetAndDestroy()
    await expect.poll(() => ends, { timeout: 2000 }).toEqual(['end', 'ECONNRESET'])
  })
})
