/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketlifecycle */
import { describe, expect, it } from 'vitest'
import { BUCKET, createEmulatorWithClient, KEY, readError } from '../emulator-with-client.ts'

function setUp(options: object = {}, statement?: object) {
  const policy = statement && { Version: '1', Statement: [statement] }
  const { send } = createEmulatorWithClient({
    buckets: [{ name: BUCKET, ...options }],
    accessKeys: [{ ...KEY, ...(policy && { policy: policy as never }) }],
  })
  return (name: string, method = 'GET') => send({ method, query: { [name]: '' } })
}

describe('settings of a bucket', () => {
  it('are told as the options say', async () => {
    const ask = setUp({
      versioning: true,
      blockPublicAccess: true,
      lifecycle: [
        { abortMultipartUploadDays: 3 },
        { prefix: 'tmp/', expirationDays: 1, enabled: false },
      ],
    })
    expect(await (await ask('versioning')).text()).toContain(
      '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    )
    expect(await (await ask('publicAccessBlock')).text()).toContain(
      '<BlockPublicAccess>true</BlockPublicAccess>',
    )
    const lifecycle = await (await ask('lifecycle')).text()
    expect(lifecycle).toContain(
      '<Prefix></Prefix><Status>Enabled</Status><AbortMultipartUpload><Days>3</Days></AbortMultipartUpload>',
    )
    expect(lifecycle).toContain(
      '<Prefix>tmp/</Prefix><Status>Disabled</Status><Expiration><Days>1</Days></Expiration>',
    )
  })

  it('of a plain bucket are off, and its lifecycle has no rule', async () => {
    const ask = setUp()
    expect(await (await ask('versioning')).text()).toContain(
      '<VersioningConfiguration></VersioningConfiguration>',
    )
    expect(await (await ask('publicAccessBlock')).text()).toContain('>false<')
    expect(await readError(await ask('lifecycle'))).toMatchObject({
      status: 404,
      code: 'NoSuchLifecycle',
    })
  })

  it.each(['versioning', 'publicAccessBlock', 'lifecycle'])(
    '%s needs a permission, and cannot be changed',
    async (name) => {
      const ask = setUp({}, { Effect: 'Allow', Action: 'oss:PutObject', Resource: '*' })
      expect(await readError(await ask(name))).toMatchObject({ status: 403, code: 'AccessDenied' })
      expect(await readError(await ask(name, 'PUT'))).toMatchObject({ code: 'NotImplemented' })
    },
  )
})
