import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createDiskStorage,
  createEmulator,
  type StartOptions,
  startEmulator,
} from '../../src/emulator/index.ts'
import { presign } from '../../src/protocol/index.ts'
import { createAliClient } from './ali-oss.ts'
import { startCallbackServer } from './emulator-on-socket.ts'
import { bytesOf } from './emulator-with-client.ts'

async function start(options?: StartOptions) {
  const oss = await startEmulator(options)
  onTestFinished(() => oss.close().catch(() => {}))
  const { bucket, region, accessKeyId, accessKeySecret } = oss
  const sign = (method: string, key: string, query: Record<string, string> = {}) =>
    presign(
      { method, key, bucket, region, endpoint: oss.url, query },
      { credentials: { accessKeyId, accessKeySecret }, now: new Date(), expiresInSeconds: 60 },
    ).url
  return { oss, sign }
}

describe('a local OSS for the tests of an application', () => {
  it('runs after one line, with a bucket and keys, and ends with its port', async () => {
    const { oss, sign } = await start()
    expect(oss).toMatchObject({ bucket: 'examplebucket', region: 'cn-hangzhou', accessKeyId: 'ak' })
    const stored = await fetch(sign('PUT', '中 文.txt'), { method: 'PUT', body: bytesOf('hello') })
    expect(stored.status).toBe(200)
    expect(await (await fetch(sign('GET', '中 文.txt'))).text()).toBe('hello')
    expect(oss.emulator.log.requests).toHaveLength(2)
    await oss.close()
    await expect(fetch(oss.url)).rejects.toThrow()
  })

  it('lets ali-oss put, list, copy and delete with what it names', async () => {
    const { oss } = await start()
    const { url: endpoint, bucket, accessKeyId, accessKeySecret } = oss
    const client = createAliClient({ endpoint, bucket, accessKeyId, accessKeySecret })
    await client.put('a/1.txt', Buffer.from('one'))
    await client.copy('a/2.txt', 'a/1.txt')
    const listed = await client.listV2({ prefix: 'a/' })
    expect(listed.objects?.map(({ name }) => name)).toEqual(['a/1.txt', 'a/2.txt'])
    expect(await client.deleteMulti(['a/1.txt', 'a/2.txt'])).toMatchObject({ res: { status: 200 } })
    expect((await client.listV2({ prefix: 'a/' })).objects).toEqual([])
    // With an IP address as endpoint, ali-oss sends a Host without a bucket that begins with a dot.
    const named = { endpoint: `http://localhost:${oss.port}`, bucket, accessKeyId, accessKeySecret }
    const { buckets } = await createAliClient(named).listBuckets({})
    expect(buckets?.map(({ name }) => name)).toEqual([bucket])
  })

  it('calls back to an application on this machine', async () => {
    const { oss, sign } = await start()
    const { url, received } = await startCallbackServer()
    const callback = { callbackUrl: `${url}/stored`, callbackBody: 'key=${object}' }
    const query = { callback: Buffer.from(JSON.stringify(callback)).toString('base64') }
    const response = await fetch(sign('PUT', 'a', query), { method: 'PUT', body: bytesOf('x') })
    expect(await response.json()).toEqual({ ok: true })
    expect(received[0]?.body.toString()).toBe('key=a')
    expect(oss.emulator.log.callbacks[0]?.outcome).toBe('ok')
  })

  it('takes other buckets, keys, a port and a storage', async () => {
    const { oss } = await start()
    await oss.close()
    const options = {
      port: oss.port,
      buckets: [{ name: 'photos', region: 'cn-beijing' }],
      accessKeys: [{ accessKeyId: 'id', accessKeySecret: 'secret' }],
      storage: createDiskStorage(),
    }
    const { oss: second, sign } = await start(options)
    expect(second).toMatchObject({ port: oss.port, bucket: 'photos', region: 'cn-beijing' })
    const stored = await fetch(sign('PUT', 'a'), { method: 'PUT', body: bytesOf('x') })
    expect(stored.status).toBe(200)
    await expect(startEmulator({ port: second.port })).rejects.toThrow('EADDRINUSE')
  })
})

it('an emulator without options has the same bucket and key', async () => {
  const emulator = createEmulator()
  const url = presign(
    { method: 'PUT', bucket: 'examplebucket', key: 'a', region: 'cn-hangzhou' },
    {
      credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' },
      now: new Date(),
      expiresInSeconds: 60,
    },
  ).url
  const stored = await emulator.fetch(new Request(url, { method: 'PUT', body: bytesOf('x') }))
  expect(stored.status).toBe(200)
  await emulator.close()
})
