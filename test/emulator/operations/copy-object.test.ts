/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/copyobject */
import { describe, expect, it } from 'vitest'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  readElement,
  readError,
} from '../emulator-with-client.ts'

const META = { 'content-type': 'text/plain', 'x-oss-meta-a': '1', 'x-oss-tagging': 't=1' }

async function setUp() {
  const fixture = createEmulatorWithClient({ buckets: [BUCKET, 'other'] })
  const { send } = fixture
  await send({ method: 'PUT', key: 'from', headers: META }, bytesOf('hello world'))
  const copy = (headers: Record<string, string> = {}, to: { bucket?: string; key?: string } = {}) =>
    send({
      method: 'PUT',
      key: 'to',
      ...to,
      headers: { 'x-oss-copy-source': `/${BUCKET}/from`, ...headers },
    })
  const head = async (key = 'to', bucket = BUCKET) =>
    Object.fromEntries((await send({ method: 'HEAD', key, bucket })).headers)
  return { ...fixture, copy, head }
}

describe('CopyObject', () => {
  it('copies bytes, metadata and tags, also into another bucket', async () => {
    const { send, copy, head } = await setUp()
    const copied = await copy({}, { bucket: 'other' })
    const xml = await copied.text()
    expect(copied.status).toBe(200)
    expect(readElement(xml, 'ETag')).toBe('&quot;5EB63BBBE01EEED093CB22BB8F5ACDC3&quot;')
    expect(readElement(xml, 'LastModified')).toBe('2030-01-02T03:04:05.000Z')
    expect(copied.headers.get('x-oss-hash-crc64ecma')).toBe('5981764153023615706')
    expect(await head('to', 'other')).toMatchObject({
      'x-oss-meta-a': '1',
      'x-oss-tagging-count': '1',
    })
    await send({ method: 'DELETE', key: 'from' })
    expect(await (await send({ method: 'GET', bucket: 'other', key: 'to' })).text()).toBe(
      'hello world',
    )
  })

  it('takes metadata and tags from the request with REPLACE, or onto itself', async () => {
    const { copy, head } = await setUp()
    const given = { 'content-type': 'a/b', 'x-oss-meta-b': '2', 'x-oss-tagging': 'u=1&v=2' }
    await copy(given)
    expect(await head()).toMatchObject({
      'content-type': 'text/plain',
      'x-oss-meta-a': '1',
      'x-oss-tagging-count': '1',
    })
    await copy({
      ...given,
      'x-oss-metadata-directive': 'REPLACE',
      'x-oss-tagging-directive': 'Replace',
    })
    const replaced = await head()
    expect(replaced).toMatchObject({
      'content-type': 'a/b',
      'x-oss-meta-b': '2',
      'x-oss-tagging-count': '2',
    })
    expect(replaced['x-oss-meta-a']).toBeUndefined()
    await copy({ 'x-oss-meta-c': '3' }, { key: 'from' })
    expect(await head('from')).toMatchObject({ 'x-oss-meta-c': '3' })
  })

  it('keeps conditions: 412 and 304, and nothing is copied', async () => {
    const { send, copy } = await setUp()
    const failed = await copy({ 'x-oss-copy-source-if-match': 'X' })
    const error = await readError(failed)
    expect(error).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect(error.xml).toContain('<Condition>If-Match</Condition>')
    const same = '"5EB63BBBE01EEED093CB22BB8F5ACDC3"'
    expect((await copy({ 'x-oss-copy-source-if-none-match': same })).status).toBe(304)
    expect((await send({ method: 'HEAD', key: 'to' })).status).toBe(404)
  })

  it('refuses to overwrite when told so, and another directive', async () => {
    const { copy } = await setUp()
    const forbid = { 'x-oss-forbid-overwrite': 'true' }
    const responses = await Promise.all([copy(forbid), copy(forbid)])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409])
    const wrong = await copy({ 'x-oss-metadata-directive': 'MERGE' })
    expect((await readError(wrong)).code).toBe('InvalidArgument')
  })

  it('copies a version, and tells which', async () => {
    const { send } = createEmulatorWithClient({ buckets: [{ name: BUCKET, versioning: true }] })
    const first = await send({ method: 'PUT', key: 'a' }, bytesOf('one'))
    await send({ method: 'PUT', key: 'a' }, bytesOf('two'))
    const id = first.headers.get('x-oss-version-id') ?? ''
    const headers = { 'x-oss-copy-source': `/${BUCKET}/a?versionId=${id}` }
    const copied = await send({ method: 'PUT', key: 'b', headers })
    expect(copied.headers.get('x-oss-copy-source-version-id')).toBe(id)
    expect(copied.headers.get('x-oss-version-id')).toMatch(/^CAEQ/)
    expect(await (await send({ method: 'GET', key: 'b' })).text()).toBe('one')
  })
})

describe('UploadPartCopy', () => {
  it.each([
    [{}, 'hello world'],
    [{ 'x-oss-copy-source-range': 'bytes=6-10' }, 'world'],
    [{ 'x-oss-copy-source-range': 'bytes=6-' }, 'world'],
    [{ 'x-oss-copy-source-range': 'bytes=6-99' }, 'hello world'],
    [{ 'x-oss-copy-source-range': 'bytes=-5' }, 'hello world'],
  ])('with %j makes a part of %j', async (headers, text) => {
    const { send, copy } = await setUp()
    const started = await send({ method: 'POST', key: 'to', query: { uploads: '' } })
    const uploadId = readElement(await started.text(), 'UploadId')
    const query = { uploadId, partNumber: '1' }
    const source = {
      'x-oss-copy-source': `/${BUCKET}/from`,
      ...(headers as Record<string, string>),
    }
    const part = await send({ method: 'PUT', key: 'to', query, headers: source })
    expect(await part.text()).toMatch(
      /<CopyPartResult><ETag>&quot;[0-9A-F]{32}&quot;<\/ETag><LastModified>/,
    )
    const all = { 'x-oss-complete-all': 'yes' }
    await send({ method: 'POST', key: 'to', query: { uploadId }, headers: all })
    expect(await (await send({ method: 'GET', key: 'to' })).text()).toBe(text)
    const lost = await send({ method: 'PUT', key: 'to', query, headers: source })
    expect((await readError(lost)).code).toBe('NoSuchUpload')
    expect((await copy()).status).toBe(200)
  })
})
