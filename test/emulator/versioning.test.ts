/** A bucket with versioning. @see https://www.alibabacloud.com/help/en/oss/user-guide/overview-78 */
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../src/emulator/storage/storage.ts'
import { signPostPolicy } from '../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  KEY,
  NOW,
  REGION,
  readElement,
  readError,
} from './emulator-with-client.ts'

function setUp() {
  const storage = createMemoryStorage()
  const deleted: string[] = []
  const deleteBlob = async (id: string) => void deleted.push(id)
  const fixture = createEmulatorWithClient({
    buckets: [{ name: BUCKET, versioning: true }],
    storage: { ...storage, deleteBlob },
  })
  const { send } = fixture
  const put = async (text: string, headers: Record<string, string> = {}) => {
    const response = await send({ method: 'PUT', key: 'a', headers }, bytesOf(text))
    expect(response.status).toBe(200)
    return response.headers.get('x-oss-version-id') ?? ''
  }
  const get = (versionId?: string) =>
    send({ method: 'GET', key: 'a', ...(versionId && { query: { versionId } }) })
  return { ...fixture, put, get, deleted }
}

describe('a bucket with versioning', () => {
  it('ignores x-oss-forbid-overwrite, and keeps what is overwritten', async () => {
    const { put, get, deleted } = setUp()
    const forbid = { 'x-oss-forbid-overwrite': 'true' }
    const [first, second] = [await put('one', forbid), await put('two', forbid)]
    expect(first).toMatch(/^CAEQ[\w-]{60}$/)
    expect(first).not.toBe(second)
    expect(await (await get()).text()).toBe('two')
    expect(await (await get(first)).text()).toBe('one')
    expect((await get(first)).headers.get('x-oss-version-id')).toBe(first)
    expect((await get()).headers.get('x-oss-version-id')).toBe(second)
    expect(deleted).toEqual([])
  })

  it('answers a version id to forms, Complete and HEAD', async () => {
    const { send, emulator } = setUp()
    const { fields } = signPostPolicy(
      { bucket: BUCKET, region: REGION, conditions: [], fields: { key: 'form' } },
      { credentials: KEY, now: NOW, expiresInSeconds: 600 },
    )
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new Blob(['x']))
    const posted = await emulator.fetch(new Request(`${HOST}/`, { method: 'POST', body: form }))
    const started = await send({ method: 'POST', key: 'parts', query: { uploads: '' } })
    const uploadId = readElement(await started.text(), 'UploadId')
    const headers = { 'x-oss-complete-all': 'yes' }
    const done = await send({ method: 'POST', key: 'parts', query: { uploadId }, headers })
    for (const [response, key] of [
      [posted, 'form'],
      [done, 'parts'],
    ] as const) {
      const id = response.headers.get('x-oss-version-id')
      expect(id).toMatch(/^CAEQ/)
      const head = await send({ method: 'HEAD', key })
      expect(head.headers.get('x-oss-version-id')).toBe(id)
      const meta = await send({
        method: 'HEAD',
        key,
        query: { objectMeta: '', versionId: id ?? '' },
      })
      expect(meta.headers.get('x-oss-version-id')).toBe(id)
    }
  })

  it('puts a delete marker on what is deleted, and gives it back without the marker', async () => {
    const { put, get, send } = setUp()
    const id = await put('one')
    const removed = await send({ method: 'DELETE', key: 'a' })
    const marker = removed.headers.get('x-oss-version-id') ?? ''
    expect([removed.status, removed.headers.get('x-oss-delete-marker')]).toEqual([204, 'true'])
    const gone = await get()
    expect(gone.headers.get('x-oss-delete-marker')).toBe('true')
    expect(await readError(gone)).toMatchObject({ status: 404, code: 'NoSuchKey' })
    expect(await (await get(id)).text()).toBe('one')
    expect(await readError(await get(marker))).toMatchObject({
      status: 405,
      code: 'MethodNotAllowed',
    })
    await send({ method: 'DELETE', key: 'a', query: { versionId: marker } })
    expect(await (await get()).text()).toBe('one')
  })

  it('deletes a version for good, with its bytes', async () => {
    const { put, get, send, deleted } = setUp()
    const [first, second] = [await put('one'), await put('two')]
    await send({ method: 'DELETE', key: 'a', query: { versionId: second } })
    expect(await (await get()).text()).toBe('one')
    expect(await readError(await get(second))).toMatchObject({ status: 404, code: 'NoSuchVersion' })
    await send({ method: 'DELETE', key: 'a', query: { versionId: first } })
    expect(await readError(await get())).toMatchObject({ code: 'NoSuchKey' })
    expect(deleted).toHaveLength(2)
    const again = await send({ method: 'DELETE', key: 'a', query: { versionId: first } })
    expect(again.status).toBe(204)
  })

  it('lists current versions only', async () => {
    const { put, send } = setUp()
    await put('one')
    await put('two!')
    const list = async () => (await send({ method: 'GET', query: { 'list-type': '2' } })).text()
    expect(readElement(await list(), 'Size')).toBe('4')
    await send({ method: 'DELETE', key: 'a' })
    expect(readElement(await list(), 'KeyCount')).toBe('0')
  })

  it('a bucket without versioning answers no version ids', async () => {
    const { send } = createEmulatorWithClient()
    const stored = await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    expect(stored.headers.get('x-oss-version-id')).toBeNull()
    const query = { versionId: 'CAEQ' }
    expect(await readError(await send({ method: 'GET', key: 'a', query }))).toMatchObject({
      code: 'NoSuchVersion',
    })
  })
})
