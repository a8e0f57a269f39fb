import { describe, expect, it } from 'vitest'
import { BUCKET, bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

async function copyFrom(source: string, headers: Record<string, string> = {}) {
  const { send } = createEmulatorWithClient({ buckets: [BUCKET, 'other'] })
  await send({ method: 'PUT', key: 'a?b' }, bytesOf('hello'))
  return send({ method: 'PUT', key: 'to', headers: { 'x-oss-copy-source': source, ...headers } })
}

describe('the source of a copy', () => {
  it('is encoded, with or without a slash before the bucket', async () => {
    expect((await copyFrom(`/${BUCKET}/a%3Fb`)).status).toBe(200)
    expect((await copyFrom(`${BUCKET}/a%3Fb`)).status).toBe(200)
  })

  it.each([
    ['/', 400, 'InvalidArgument'],
    [`/${BUCKET}`, 400, 'InvalidArgument'],
    [`/${BUCKET}/%ff`, 400, 'InvalidArgument'],
    ['/missing-bucket/a', 404, 'NoSuchBucket'],
    [`/${BUCKET}/a`, 404, 'NoSuchKey'],
    ['/other/a%3Fb', 404, 'NoSuchKey'],
    [`/${BUCKET}/a%3Fb?versionId=X`, 404, 'NoSuchVersion'],
  ])('%s is refused with %i %s', async (source, status, code) => {
    expect(await readError(await copyFrom(source))).toMatchObject({ status, code })
  })

  it('may be read by the key that copies it', async () => {
    const policy = (Action: string[]) => ({
      Statement: [{ Effect: 'Allow' as const, Action, Resource: 'acs:oss:*:*:*' }],
    })
    const copy = async (actions: string[]) => {
      const key = { accessKeyId: 'ak', accessKeySecret: 'sk', policy: policy(actions) }
      const { send } = createEmulatorWithClient({ accessKeys: [key] })
      await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
      return (
        await send({ method: 'PUT', key: 'b', headers: { 'x-oss-copy-source': `/${BUCKET}/a` } })
      ).status
    }
    expect(await copy(['oss:PutObject', 'oss:GetObject'])).toBe(200)
    expect(await copy(['oss:PutObject'])).toBe(403)
  })
})
