/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucket */
import { describe, expect, it } from 'vitest'
import { computeV1 } from '../../../src/emulator/auth/check-v1.ts'
import { putBucket } from '../../../src/emulator/operations/buckets.ts'
import type { ServiceContext } from '../../../src/emulator/operations/context.ts'
import { createMemoryStorage, type RecordChange } from '../../../src/emulator/storage/storage.ts'
import {
  BUCKET,
  bytesOf,
  catchOssLater,
  createEmulatorWithClient,
  NOW,
  readAllElements,
  readElement,
  readError,
} from '../emulator-with-client.ts'

function setUp(options: Parameters<typeof createEmulatorWithClient>[0] = {}) {
  const fixture = createEmulatorWithClient(options)
  const { send } = fixture
  const put = (bucket: string, body?: string, headers: Record<string, string> = {}) =>
    send({ method: 'PUT', bucket, headers }, body === undefined ? undefined : bytesOf(body))
  const info = async (bucket: string) =>
    (await send({ method: 'GET', bucket, query: { bucketInfo: '' } })).text()
  return { ...fixture, put, info }
}

describe('buckets', () => {
  it('are created, described, used and deleted', async () => {
    const { put, info, send } = setUp()
    const body =
      '<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>'
    expect((await put('new-bucket', body, { 'x-oss-acl': 'public-read' })).status).toBe(200)
    const xml = await info('new-bucket')
    expect(readElement(xml, 'Name')).toBe('new-bucket')
    expect(readElement(xml, 'CreationDate')).toBe('2030-01-02T03:04:05.000Z')
    expect(readElement(xml, 'Location')).toBe('oss-cn-hangzhou')
    expect(readElement(xml, 'StorageClass')).toBe('IA')
    expect(readElement(xml, 'Grant')).toBe('public-read')
    const location = await send({ method: 'GET', bucket: 'new-bucket', query: { location: '' } })
    expect(await location.text()).toContain(
      '<LocationConstraint>oss-cn-hangzhou</LocationConstraint>',
    )
    const stored = { bucket: 'new-bucket', key: 'a' }
    await send({ ...stored, method: 'PUT' }, bytesOf('x'))
    expect((await send({ ...stored, method: 'HEAD' })).headers.get('x-oss-storage-class')).toBe(
      'IA',
    )
    const full = await send({ method: 'DELETE', bucket: 'new-bucket' })
    expect(await readError(full)).toMatchObject({ status: 409, code: 'BucketNotEmpty' })
    await send({ ...stored, method: 'DELETE' })
    expect((await send({ method: 'DELETE', bucket: 'new-bucket' })).status).toBe(204)
    const gone = await send({ method: 'GET', bucket: 'new-bucket' })
    expect(await readError(gone)).toMatchObject({ status: 404, code: 'NoSuchBucket' })
  })

  it('take the region of the endpoint that creates them', async () => {
    const { send, info } = setUp()
    const beijing = { endpoint: 'https://oss-cn-beijing.aliyuncs.com', region: 'cn-beijing' }
    await send({ ...beijing, method: 'PUT', bucket: 'in-beijing' })
    const wrong = await info('in-beijing')
    expect(wrong).toContain('must be addressed using the specified endpoint')
    const query = { location: '' }
    const right = await send({ ...beijing, method: 'GET', bucket: 'in-beijing', query })
    expect(await right.text()).toContain('oss-cn-beijing')
  })

  it('that exist stay as they are, but for a new ACL', async () => {
    const { put, info, send } = setUp()
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    expect((await put(BUCKET, undefined, { 'x-oss-acl': 'public-read' })).status).toBe(200)
    expect(readElement(await info(BUCKET), 'Grant')).toBe('public-read')
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(200)
  })

  it('with an upload in progress are not empty', async () => {
    const { send } = setUp()
    await send({ method: 'POST', key: 'a', query: { uploads: '' } })
    expect((await readError(await send({ method: 'DELETE' }))).code).toBe('BucketNotEmpty')
  })

  it.each([
    ['a bad ACL', 'new-bucket', undefined, { 'x-oss-acl': 'open' }, 'InvalidArgument'],
    ['bad XML', 'new-bucket', '<x', {}, 'MalformedXML'],
    [
      'a bad class',
      'new-bucket',
      '<CreateBucketConfiguration><StorageClass>Cheap</StorageClass></CreateBucketConfiguration>',
      {},
      'InvalidArgument',
    ],
  ])('with %s are refused', async (_, bucket, body, headers, code) => {
    const { send } = setUp()
    const address = { endpoint: 'http://127.0.0.1', addressing: 'path' as const }
    const bytes = body === undefined ? undefined : bytesOf(body)
    const refused = await send({ ...address, method: 'PUT', bucket, headers }, bytes)
    expect((await readError(refused)).code).toBe(code)
  })

  it('with a bad name are refused', async () => {
    const call = { bucketName: 'A_b', request: { headers: {} } } as ServiceContext
    expect((await catchOssLater(putBucket(call))).code).toBe('InvalidBucketName')
  })

  it('that were created are there after a restart', async () => {
    const records = new Map<string, unknown>()
    const storage = {
      ...createMemoryStorage(),
      load: async () => [...records] as RecordChange[],
      async save(changes: RecordChange[]) {
        for (const [name, value] of changes) {
          if (value === undefined) records.delete(name)
          else records.set(name, JSON.parse(JSON.stringify(value)))
        }
      },
    }
    const first = setUp({ storage })
    await first.put('new-bucket')
    await first.put('deleted-bucket')
    await first.send({
      method: 'PUT',
      bucket: 'new-bucket',
      query: { acl: '' },
      headers: { 'x-oss-acl': 'public-read' },
    })
    await first.send({ method: 'DELETE', bucket: 'deleted-bucket' })
    const second = setUp({ storage })
    expect(readElement(await second.info('new-bucket'), 'Grant')).toBe('public-read')
    expect(await second.info('deleted-bucket')).toContain('NoSuchBucket')
  })
})

describe('ListBuckets', () => {
  async function list(query: Record<string, string> = {}) {
    const { emulator } = setUp({ buckets: ['bbb', 'aaa', 'abc'] })
    const date = NOW.toUTCString()
    const authorization = `OSS ak:${computeV1('sk', `GET\n\n\n${date}\n/`)}`
    const url = `http://127.0.0.1/?${new URLSearchParams(query)}`
    return emulator.fetch(new Request(url, { headers: { date, authorization } }))
  }

  it('lists by name, page by page, with owner and region', async () => {
    const all = await (await list()).text()
    expect(readAllElements(all, 'Name')).toEqual(['aaa', 'abc', 'bbb'])
    expect(all).toMatch(/<Owner><ID>\d+<\/ID>/)
    const page = await (await list({ prefix: 'a', 'max-keys': '1' })).text()
    expect(readAllElements(page, 'Name')).toEqual(['aaa'])
    expect(readElement(page, 'NextMarker')).toBe('aaa')
    const next = await (await list({ prefix: 'a', marker: 'aaa' })).text()
    expect(readAllElements(next, 'Name')).toEqual(['abc'])
    expect(readElement(next, 'IsTruncated')).toBe('false')
  })

  it('needs a signature', async () => {
    const { emulator } = setUp()
    const refused = await emulator.fetch(new Request('http://127.0.0.1/'))
    expect(await readError(refused)).toMatchObject({ status: 403, code: 'AccessDenied' })
    const other = await emulator.fetch(new Request('http://127.0.0.1/', { method: 'DELETE' }))
    expect((await readError(other)).code).toBe('MethodNotAllowed')
  })
})
