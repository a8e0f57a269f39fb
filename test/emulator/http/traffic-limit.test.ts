/** @see https://www.alibabacloud.com/help/en/oss/user-guide/single-connection-bandwidth-throttling-5 */
import { describe, expect, it } from 'vitest'
import { limitTraffic, readTrafficLimit } from '../../../src/emulator/http/traffic-limit.ts'
import { catchOss, createEmulatorWithClient } from '../emulator-with-client.ts'

const LIMIT = 838_860_800
const SLOW = 2_000_000

async function measure<Result>(run: () => Promise<Result>) {
  const started = performance.now()
  return { result: await run(), seconds: (performance.now() - started) / 1000 }
}

describe('x-oss-traffic-limit', () => {
  it('is a number of bits per second within bounds', () => {
    expect(readTrafficLimit(undefined)).toBeUndefined()
    expect([245_760, LIMIT].map((bits) => readTrafficLimit(String(bits)))).toEqual([245_760, LIMIT])
    for (const text of ['245759', '838860801', 'fast', '', '-1', '1e6']) {
      expect(catchOss(() => readTrafficLimit(text)).code).toBe('InvalidArgument')
    }
  })

  it('passes on every byte, in pieces, at its speed', async () => {
    const whole = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251)
    async function* chunks() {
      yield whole.subarray(0, 150_000)
      yield whole.subarray(150_000)
    }
    const { result, seconds } = await measure(async () => {
      const pieces: number[] = []
      for await (const piece of limitTraffic(chunks(), SLOW)) pieces.push(...piece)
      return pieces
    })
    expect(Uint8Array.from(result)).toEqual(whole)
    expect(seconds).toBeGreaterThan((whole.length * 8) / SLOW - 0.05)
  })

  it('slows uploads and downloads down, by header and by query', async () => {
    const { send, sendUrl } = createEmulatorWithClient()
    const body = new Uint8Array(100_000)
    const wantedSeconds = (body.length * 8) / SLOW - 0.05
    const name = 'x-oss-traffic-limit'
    const headers = { [name]: String(SLOW) }
    const put = await measure(() => send({ method: 'PUT', key: 'a', headers }, body))
    expect(put.result.status).toBe(200)
    expect(put.seconds).toBeGreaterThan(wantedSeconds)
    const query = { [name]: String(SLOW) }
    const got = await measure(async () =>
      (await sendUrl({ method: 'GET', key: 'a', query })).arrayBuffer(),
    )
    expect(got.result.byteLength).toBe(body.length)
    expect(got.seconds).toBeGreaterThan(wantedSeconds)
    const quick = await measure(() => send({ method: 'PUT', key: 'a' }, body))
    expect(quick.seconds).toBeLessThan(wantedSeconds)
  })
})
