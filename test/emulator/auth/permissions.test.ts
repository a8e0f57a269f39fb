import { describe, expect, it } from 'vitest'
import { presign } from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  NOW,
  REGION,
  readError,
} from '../emulator-with-client.ts'

describe('what an anonymous caller may do', () => {
  it.each([
    ['private', 'PUT', 403, '0003-00000001'],
    ['private', 'GET', 403, '0003-00000005'],
    ['private', 'DELETE', 403, '0003-00000001'],
    ['public-read', 'PUT', 403, '0003-00000001'],
    ['public-read', 'GET', 200, ''],
    ['public-read-write', 'PUT', 200, ''],
    ['public-read-write', 'DELETE', 204, ''],
  ] as const)('in a %s bucket: %s answers %i', async (acl, method, status, ec) => {
    const { emulator, send } = createEmulatorWithClient({ buckets: [{ name: BUCKET, acl }] })
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    const response = await emulator.fetch(new Request(`${HOST}/a`, { method }))
    expect(response.status).toBe(status)
    if (status === 403)
      expect(await readError(response)).toMatchObject({ code: 'AccessDenied', ec })
  })

  it('an object may say otherwise than its bucket', async () => {
    const { emulator, send } = createEmulatorWithClient()
    await send(
      { method: 'PUT', key: 'a', headers: { 'x-oss-object-acl': 'public-read' } },
      bytesOf('x'),
    )
    expect((await emulator.fetch(new Request(`${HOST}/a`))).status).toBe(200)
  })

  it('multipart and settings need a signature everywhere', async () => {
    const { emulator } = createEmulatorWithClient({
      buckets: [{ name: BUCKET, acl: 'public-read-write' }],
    })
    for (const [method, path] of [
      ['POST', 'a?uploads'],
      ['GET', '?cors'],
      ['GET', '?uploads'],
    ]) {
      const response = await emulator.fetch(
        new Request(`${HOST}/${path}`, { method: method ?? '' }),
      )
      expect(await readError(response)).toMatchObject({ status: 403, ec: '0003-00000905' })
    }
  })
})

describe('what a session policy lets a temporary key do', () => {
  const STS = {
    accessKeyId: 'STS.a',
    accessKeySecret: 's',
    securityToken: 't',
    policy: {
      Statement: [
        {
          Effect: 'Allow' as const,
          Action: 'oss:PutObject',
          Resource: `acs:oss:*:*:${BUCKET}/u/42/*`,
        },
      ],
    },
  }

  it.each([
    ['PUT', 'u/42/a', {}, 200],
    ['PUT', 'u/43/a', {}, 403],
    ['POST', 'u/42/a', { uploads: '' }, 200],
    ['POST', 'u/43/a', { uploads: '' }, 403],
    ['GET', 'u/42/a', {}, 403],
    ['DELETE', 'u/42/a', {}, 403],
  ])('%s %s %j answers %i', async (method, key, query, status) => {
    const { emulator } = createEmulatorWithClient({ accessKeys: [STS] })
    const { url } = presign(
      { method, bucket: BUCKET, key, region: REGION, query: query as Record<string, string> },
      { credentials: STS, now: NOW, expiresInSeconds: 60 },
    )
    expect((await emulator.fetch(new Request(url, { method }))).status).toBe(status)
  })
})
