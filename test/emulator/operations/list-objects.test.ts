/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2 */
import { describe, expect, it } from 'vitest'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  NOW,
  readAllElements,
  readElement,
  readError,
} from '../emulator-with-client.ts'

async function setUp(keys: string[], options: Parameters<typeof createEmulatorWithClient>[0] = {}) {
  const fixture = createEmulatorWithClient(options)
  for (const key of keys) await fixture.send({ method: 'PUT', key }, bytesOf('hello world'))
  const list = (query: Record<string, string>) => fixture.send({ method: 'GET', query })
  const read = async (query: Record<string, string>) => (await list(query)).text()
  return { ...fixture, list, read }
}

const v2 = { 'list-type': '2' }

describe('ListObjectsV2', () => {
  it('tells key, size, ETag, type and time of each object', async () => {
    const now = () => new Date(NOW.getTime() + 789)
    const { read } = await setUp(['u/中 文.txt'], { now })
    const xml = await read(v2)
    expect(xml).toContain('<ListBucketResult><Name>examplebucket</Name>')
    const [contents = ''] = readAllElements(xml, 'Contents')
    expect(readElement(contents, 'Key')).toBe('u/中 文.txt')
    expect(readElement(contents, 'LastModified')).toBe('2030-01-02T03:04:05.000Z')
    expect(readElement(contents, 'ETag')).toBe('&quot;5EB63BBBE01EEED093CB22BB8F5ACDC3&quot;')
    expect(readElement(contents, 'Size')).toBe('11')
    expect(readElement(contents, 'Type')).toBe('Normal')
    expect(readElement(contents, 'StorageClass')).toBe('Standard')
    expect(contents).not.toContain('<Owner>')
    expect(readElement(xml, 'KeyCount')).toBe('1')
    expect(readElement(xml, 'MaxKeys')).toBe('100')
    expect(readElement(xml, 'IsTruncated')).toBe('false')
    expect(xml).not.toContain('NextContinuationToken')
    expect(await read({ ...v2, 'fetch-owner': 'true' })).toMatch(
      /<Owner><ID>\d+<\/ID><DisplayName>/,
    )
  })

  it('goes through 250 objects in pages of 100, in the order of UTF-8 bytes', async () => {
    const keys = Array.from({ length: 250 }, (_, at) => `k/${String(at).padStart(3, '0')}`)
    const { read } = await setUp([...keys].reverse())
    const seen: string[] = []
    const counts: string[] = []
    let token: string | undefined
    do {
      const xml: string = await read({ ...v2, ...(token && { 'continuation-token': token }) })
      seen.push(...readAllElements(xml, 'Key'))
      counts.push(readElement(xml, 'KeyCount'))
      token = readElement(xml, 'NextContinuationToken')
    } while (token !== '')
    expect(seen).toEqual(keys)
    expect(counts).toEqual(['100', '100', '50'])
  })

  it('knows prefix, delimiter and start-after, also together', async () => {
    const { read } = await setUp(['a/1', 'a/2', 'a/b/3', 'a/b/4', 'b', 'c/5'])
    const folders = await read({ ...v2, delimiter: '/' })
    expect(readAllElements(folders, 'Key')).toEqual(['b'])
    expect(readAllElements(folders, 'CommonPrefixes')).toEqual([
      '<Prefix>a/</Prefix>',
      '<Prefix>c/</Prefix>',
    ])
    expect(readElement(folders, 'KeyCount')).toBe('3')
    const inA = await read({ ...v2, delimiter: '/', prefix: 'a/', 'start-after': 'a/1' })
    expect(readAllElements(inA, 'Key')).toEqual(['a/2'])
    expect(readAllElements(inA, 'CommonPrefixes')).toEqual(['<Prefix>a/b/</Prefix>'])
    expect(readElement(inA, 'StartAfter')).toBe('a/1')
    expect(readAllElements(await read({ ...v2, 'start-after': 'a/zz' }), 'Key')).toEqual([
      'b',
      'c/5',
    ])
    const page = await read({ ...v2, delimiter: '/', 'max-keys': '1' })
    const token = readElement(page, 'NextContinuationToken')
    const next = await read({ ...v2, delimiter: '/', 'continuation-token': token })
    expect(readAllElements(next, 'CommonPrefixes')).toEqual(['<Prefix>c/</Prefix>'])
    expect(readAllElements(next, 'Key')).toEqual(['b'])
  })

  it('encodes keys, prefixes and markers when asked', async () => {
    const { read } = await setUp(['中/a b', '中/\u0001'])
    const query = { ...v2, 'encoding-type': 'url', prefix: '中/', 'start-after': '中' }
    const xml = await read({ ...query, 'max-keys': '1' })
    expect(readAllElements(xml, 'Key')).toEqual(['%E4%B8%AD%2F%01'])
    expect(readElement(xml, 'Prefix')).toBe('%E4%B8%AD%2F')
    expect(readElement(xml, 'StartAfter')).toBe('%E4%B8%AD')
    expect(readElement(xml, 'EncodingType')).toBe('url')
  })

  it('shows what was put, replaced, completed and deleted since the last listing', async () => {
    const { read, send } = await setUp(['b'])
    expect(readAllElements(await read(v2), 'Key')).toEqual(['b'])
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    await send({ method: 'PUT', key: 'b' }, bytesOf('xyz'))
    const started = await send({ method: 'POST', key: 'c', query: { uploads: '' } })
    const uploadId = readElement(await started.text(), 'UploadId')
    await send({ method: 'PUT', key: 'c', query: { uploadId, partNumber: '1' } }, bytesOf('x'))
    expect(readAllElements(await read(v2), 'Key')).toEqual(['a', 'b'])
    const headers = { 'x-oss-complete-all': 'yes' }
    await send({ method: 'POST', key: 'c', query: { uploadId }, headers })
    const xml = await read(v2)
    expect(readAllElements(xml, 'Key')).toEqual(['a', 'b', 'c'])
    expect(readAllElements(xml, 'Size')).toEqual(['1', '3', '1'])
    expect(readAllElements(xml, 'Type')).toEqual(['Normal', 'Normal', 'Multipart'])
    await send({ method: 'DELETE', key: 'a' })
    expect(readAllElements(await read(v2), 'Key')).toEqual(['b', 'c'])
  })

  it('of an empty bucket is an empty page', async () => {
    const xml = await (await setUp([])).read(v2)
    expect(readElement(xml, 'KeyCount')).toBe('0')
    expect(xml).not.toContain('<Contents>')
  })

  it.each([
    ['max-keys', '0'],
    ['max-keys', '1001'],
    ['max-keys', '-1'],
    ['max-keys', 'x'],
    ['encoding-type', 'base64'],
    ['continuation-token', '!'],
    ['continuation-token', '_w'],
    ['fetch-owner', 'yes'],
    ['prefix', 'a'.repeat(1024)],
  ])('refuses %s=%s', async (name, value) => {
    const { list } = await setUp([])
    expect(await readError(await list({ ...v2, [name]: value }))).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    })
  })
})

describe('ListObjects', () => {
  it('goes on at a marker, names the next, and always has owners', async () => {
    const { read } = await setUp(['a', 'b/1', 'b/2', 'c'])
    const first = await read({ delimiter: '/', 'max-keys': '2', 'encoding-type': 'url' })
    expect(readAllElements(first, 'Key')).toEqual(['a'])
    expect(readAllElements(first, 'CommonPrefixes')).toEqual(['<Prefix>b%2F</Prefix>'])
    expect(readElement(first, 'NextMarker')).toBe('b%2F')
    expect(first).toMatch(/<Owner><ID>\d+<\/ID><DisplayName>\d+<\/DisplayName><\/Owner>/)
    const second = await read({ delimiter: '/', marker: 'b/' })
    expect(readAllElements(second, 'Key')).toEqual(['c'])
    expect(readElement(second, 'Marker')).toBe('b/')
    expect(second).not.toContain('NextMarker')
    expect(second).not.toContain('KeyCount')
  })
})

describe('who may list', () => {
  it('is a signed request, or anybody in a public bucket', async () => {
    const anonymous = async (acl: 'private' | 'public-read') => {
      const { emulator } = createEmulatorWithClient({ buckets: [{ name: BUCKET, acl }] })
      return (await emulator.fetch(new Request(`${HOST}/?list-type=2`))).status
    }
    expect([await anonymous('private'), await anonymous('public-read')]).toEqual([403, 200])
  })

  it('is a temporary key with oss:ListObjects', async () => {
    const allow = (Action: string) => ({
      accessKeys: [
        {
          accessKeyId: 'ak',
          accessKeySecret: 'sk',
          policy: {
            Statement: [{ Effect: 'Allow' as const, Action, Resource: `acs:oss:*:*:${BUCKET}` }],
          },
        },
      ],
    })
    const list = async (action: string) => {
      const { send } = createEmulatorWithClient(allow(action))
      return (await send({ method: 'GET', query: v2 })).status
    }
    expect([await list('oss:ListObjects'), await list('oss:GetObject')]).toEqual([200, 403])
  })
})
