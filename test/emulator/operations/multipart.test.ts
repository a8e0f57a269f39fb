/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/initiatemultipartupload */
import { describe, expect, it } from 'vitest'
import { presign } from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  KEY,
  NOW,
  REGION,
  readElement,
  readError,
} from '../emulator-with-client.ts'

async function setUp() {
  const fixture = createEmulatorWithClient()
  const start = async (key = 'big', headers: Record<string, string> = {}) =>
    readElement(
      await (await fixture.send({ method: 'POST', key, query: { uploads: '' }, headers })).text(),
      'UploadId',
    )
  const part = (
    uploadId: string,
    partNumber: string,
    body: BodyInit = bytesOf('x'),
    key = 'big',
    headers = {},
  ) => fixture.send({ method: 'PUT', key, query: { uploadId, partNumber }, headers }, body)
  return { ...fixture, start, part }
}

describe('InitiateMultipartUpload', () => {
  it('answers an id of 32 hex digits, and the key encoded when asked', async () => {
    const { send } = await setUp()
    const query = { uploads: '', 'encoding-type': 'url' }
    const xml = await (await send({ method: 'POST', key: 'ü/<&>', query })).text()
    expect(readElement(xml, 'UploadId')).toMatch(/^[0-9A-F]{32}$/)
    expect(readElement(xml, 'Key')).toBe('%C3%BC%2F%3C%26%3E')
    const plain = await (
      await send({ method: 'POST', key: 'ü/<&>', query: { uploads: '' } })
    ).text()
    expect(readElement(plain, 'Key')).toBe('ü/&lt;&amp;&gt;')
    const wrong = await send({
      method: 'POST',
      key: 'a',
      query: { uploads: '', 'encoding-type': 'x' },
    })
    expect((await readError(wrong)).code).toBe('InvalidArgument')
  })

  it('refuses to overwrite when told so', async () => {
    const { send } = await setUp()
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    const headers = { 'x-oss-forbid-overwrite': 'true' }
    const refused = await send({ method: 'POST', key: 'a', query: { uploads: '' }, headers })
    expect(await readError(refused)).toMatchObject({ status: 409, code: 'FileAlreadyExists' })
  })
})

describe('UploadPart', () => {
  it.each(['0', '-1', '10001', '1.5', '', 'x', '99999999'])(
    'refuses part number %j',
    async (number) => {
      const { start, part } = await setUp()
      const error = await readError(await part(await start(), number))
      expect(error).toMatchObject({ status: 400, code: 'InvalidArgument' })
    },
  )

  it('takes parts 1 and 10000, and a part again in place of the first', async () => {
    const { start, part, send } = await setUp()
    const uploadId = await start()
    expect((await part(uploadId, '1')).status).toBe(200)
    expect((await part(uploadId, '10000')).status).toBe(200)
    const again = await part(uploadId, '1', bytesOf('other'))
    const xml = await (await send({ method: 'GET', key: 'big', query: { uploadId } })).text()
    expect(xml.match(/<Part>/g)).toHaveLength(2)
    expect(xml).toContain(`<ETag>${again.headers.get('etag')?.replaceAll('"', '&quot;')}</ETag>`)
  })

  it('answers hash, CRC and MD5 of the part', async () => {
    const { start, part } = await setUp()
    const { headers } = await part(await start(), '1', bytesOf('hello world'))
    expect(headers.get('etag')).toBe('"5EB63BBBE01EEED093CB22BB8F5ACDC3"')
    expect(headers.get('x-oss-hash-crc64ecma')).toBe('5981764153023615706')
    expect(headers.get('content-md5')).toBe('XrY7u+Ae7tCTyyK7j1rNww==')
  })

  it('knows an upload only under its own key and bucket', async () => {
    const { start, part } = await setUp()
    const error = await readError(await part(await start('big'), '1', bytesOf('x'), 'other'))
    expect(error).toMatchObject({ status: 404, code: 'NoSuchUpload' })
    expect((await readError(await part('0'.repeat(32), '1'))).code).toBe('NoSuchUpload')
  })

  it('checks Content-MD5', async () => {
    const { start, part, send } = await setUp()
    const uploadId = await start()
    const headers = { 'content-md5': 'XrY7u+Ae7tCTyyK7j1rNww==' }
    expect((await readError(await part(uploadId, '1', bytesOf('x'), 'big', headers))).code).toBe(
      'InvalidDigest',
    )
    const xml = await (await send({ method: 'GET', key: 'big', query: { uploadId } })).text()
    expect(xml).not.toContain('<Part>')
  })

  it('stores nothing of a part whose upload is aborted while it arrives', async () => {
    const { start, emulator, send } = await setUp()
    const uploadId = await start()
    let abortedNow = () => {}
    const aborted = new Promise<void>((resolve) => {
      abortedNow = resolve
    })
    const body = new ReadableStream({
      async pull(controller) {
        await aborted
        controller.enqueue(bytesOf('late'))
        controller.close()
      },
    })
    const signed = presign(
      {
        method: 'PUT',
        bucket: BUCKET,
        region: REGION,
        key: 'big',
        query: { uploadId, partNumber: '1' },
      },
      { credentials: KEY, now: NOW, expiresInSeconds: 60 },
    )
    const request = new Request(signed.url, {
      method: 'PUT',
      body,
      headers: { 'content-length': '4' },
      duplex: 'half',
    } as RequestInit)
    const late = emulator.fetch(request)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect((await send({ method: 'DELETE', key: 'big', query: { uploadId } })).status).toBe(204)
    abortedNow()
    expect((await readError(await late)).code).toBe('NoSuchUpload')
  })
})

describe('AbortMultipartUpload', () => {
  it('answers 204 once, then NoSuchUpload', async () => {
    const { start, send } = await setUp()
    const query = { uploadId: await start() }
    expect((await send({ method: 'DELETE', key: 'big', query })).status).toBe(204)
    expect((await readError(await send({ method: 'DELETE', key: 'big', query }))).code).toBe(
      'NoSuchUpload',
    )
  })
})

describe('NoSuchUpload', () => {
  it.each([
    ['UploadPart', 'PUT', { partNumber: '1' }, '0042-00000104'],
    ['AbortMultipartUpload', 'DELETE', {}, '0042-00000002'],
    ['ListParts', 'GET', {}, '0042-00000002'],
    ['CompleteMultipartUpload', 'POST', {}, ''],
  ] as const)('of %s has the EC of OSS', async (_, method, query, ec) => {
    const { send } = createEmulatorWithClient()
    const body = method === 'PUT' ? bytesOf('x') : undefined
    const response = await send({ method, key: 'a', query: { uploadId: 'X', ...query } }, body)
    expect(await readError(response)).toMatchObject({ status: 404, code: 'NoSuchUpload', ec })
  })
})
