/** The demo's switches, before a local OSS in memory and over a real socket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemoFaults, type DemoFaults } from '../../src/dev/demo-faults.ts'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { type Listening, listen } from '../../src/emulator/listen.ts'
import { presign } from '../../src/protocol/presign.ts'

const BUCKET = 'demo-bucket'
const CREDENTIALS = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }

let faults: DemoFaults
let emulator: Emulator
let oss: Listening

beforeAll(async () => {
  faults = createDemoFaults()
  emulator = createEmulator({ buckets: [BUCKET], faults: faults.faults })
  oss = await listen(faults.connect(emulator), { port: 0 })
})
afterAll(async () => {
  await oss.close()
  await emulator.close()
})

async function set(wanted: object): Promise<unknown> {
  const body = JSON.stringify(wanted)
  return (await faults.routes.request('/', { method: 'POST', body })).json()
}

function put(body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<Response> {
  const where = { bucket: BUCKET, region: 'cn-hangzhou', endpoint: oss.url, key: 'a.bin' }
  const { url } = presign(
    { ...where, method: 'PUT' },
    { credentials: CREDENTIALS, now: new Date(), expiresInSeconds: 60 },
  )
  return fetch(url, { method: 'PUT', body, headers })
}

describe('the line between a browser and the local OSS', () => {
  it('is fast at first, and keeps what it knows for settings it does not know', async () => {
    expect(await (await faults.routes.request('/')).json()).toEqual({
      line: 'fast',
      isServiceDown: false,
    })
    expect(await set({ line: 'bent', isServiceDown: 'yes' })).toEqual({
      line: 'fast',
      isServiceDown: false,
    })
  })

  it('carries 3 MB a second when it is slow, for all connections together', async () => {
    await set({ line: 'slow' })
    const startedMs = performance.now()
    const bodies = [put(new Uint8Array(450_000), BROWSER), put(new Uint8Array(450_000), BROWSER)]
    expect((await Promise.all(bodies)).map(({ status }) => status)).toEqual([200, 200])
    expect(performance.now() - startedMs).toBeGreaterThan(280)
  })

  it('ends the connections of browsers when it is cut, also those in use; servers have another', async () => {
    await set({ line: 'slow' })
    const inUse = put(new Uint8Array(9_000_000), BROWSER)
    inUse.catch(() => {})
    // Some of its bytes have arrived.
    await expect.poll(() => put(new Uint8Array(100_000), BROWSER)).toMatchObject({ status: 200 })
    await set({ line: 'cut' })
    await expect(inUse).rejects.toThrow('fetch failed')
    await expect(put(new Uint8Array(1), BROWSER)).rejects.toThrow('fetch failed')
    expect((await put(new Uint8Array(1), { 'user-agent': 'node' })).status).toBe(200)
    await set({ line: 'fast' })
    expect((await put(new Uint8Array(1), BROWSER)).status).toBe(200)
  })
})

describe('callbacks', () => {
  it('are announced as they begin, and do not arrive while the service is down', async () => {
    const started: string[] = []
    const stop = faults.onCallbackStart(({ key }) => started.push(key))
    const callback = { bucket: BUCKET, key: 'a.bin', url: 'http://127.0.0.1:1/' }
    expect(faults.faults.onCallback?.(callback)).toBeUndefined()
    await set({ isServiceDown: true })
    expect(faults.faults.onCallback?.(callback)).toEqual({ kind: 'unreachable' })
    stop()
    faults.faults.onCallback?.(callback)
    expect(started).toEqual(['a.bin', 'a.bin'])
    await set({ isServiceDown: false })
  })
})
