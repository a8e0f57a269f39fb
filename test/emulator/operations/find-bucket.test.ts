import { describe, expect, it } from 'vitest'
import { BUCKET, bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

describe('the bucket of a request', () => {
  it('is told by host, path or domain', async () => {
    const { emulator, send } = createEmulatorWithClient({
      buckets: [{ name: 'one', domains: ['img.example'], acl: 'public-read' }, 'two'],
    })
    const { status } = await send({ method: 'PUT', bucket: 'one', key: 'a' }, bytesOf('1'))
    expect(status).toBe(200)
    for (const url of [
      'http://one.localhost/a',
      'http://127.0.0.1/one/a',
      'https://img.example/a',
    ]) {
      expect(await (await emulator.fetch(new Request(url))).text()).toBe('1')
    }
    expect((await send({ method: 'GET', bucket: 'two', key: 'a' })).status).toBe(404)
  })

  it.each([
    ['http://none.localhost/a', 404, 'NoSuchBucket', '0015-00000101'],
    ['http://127.0.0.1/A_b/a', 400, 'InvalidBucketName', '0015-00000001'],
    ['http://127.0.0.1/', 403, 'AccessDenied', '0003-00000905'],
    ['https://oss-cn-hangzhou.aliyuncs.com/examplebucket/a', 403, 'SecondLevelDomainForbidden', ''],
    ['https://examplebucket.oss-cn-beijing.aliyuncs.com/a', 403, 'AccessDenied', ''],
    ['http://examplebucket.localhost/%ff', 400, 'InvalidObjectName', ''],
    ['http://examplebucket.localhost//a', 400, 'InvalidObjectName', ''],
    ['http://examplebucket.localhost/?stat', 400, 'NotImplemented', ''],
  ])('%s answers %i %s', async (url, status, code, ec) => {
    const { emulator } = createEmulatorWithClient()
    const response = await emulator.fetch(new Request(url))
    expect(await readError(response)).toMatchObject({ status, code, ec })
  })

  it('takes the endpoints of its region, internal and accelerated ones too', async () => {
    const { emulator } = createEmulatorWithClient({
      buckets: [{ name: BUCKET, acl: 'public-read' }],
    })
    for (const endpoint of [
      'oss-cn-hangzhou',
      'oss-cn-hangzhou-internal',
      'oss-accelerate',
      'cn-hangzhou.oss',
    ]) {
      const response = await emulator.fetch(
        new Request(`https://${BUCKET}.${endpoint}.aliyuncs.com/none`),
      )
      expect((await readError(response)).code).toBe('NoSuchKey')
    }
  })
})
