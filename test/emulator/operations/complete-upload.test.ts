/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/completemultipartupload */
import { describe, expect, it } from 'vitest'
import type { CallbackTransport } from '../../../src/emulator/callback/transport.ts'
import type { EmulatorOptions } from '../../../src/emulator/options.ts'
import { toBase64, toHex } from '../../../src/protocol/bytes.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import { md5 } from '../../../src/protocol/crypto.ts'
import { encodeCallback } from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  readElement,
  readError,
} from '../emulator-with-client.ts'

const MIN = 102_400
const fill = (size: number, byte: number) => new Uint8Array(size).fill(byte)
const etagOf = (bytes: Uint8Array) => toHex(md5(bytes)).toUpperCase()
const xmlOf = (parts: [number | string, string][]) =>
  bytesOf(
    `<CompleteMultipartUpload>${parts.map(([n, e]) => `<Part><PartNumber>${n}</PartNumber><ETag>${e}</ETag></Part>`).join('')}</CompleteMultipartUpload>`,
  )

async function setUp(
  sizes = [MIN, MIN, 5],
  initiate: Record<string, string> = {},
  options: Partial<EmulatorOptions> = {},
) {
  const fixture = createEmulatorWithClient(options)
  const started = await fixture.send({
    method: 'POST',
    key: 'big',
    query: { uploads: '' },
    headers: initiate,
  })
  const uploadId = readElement(await started.text(), 'UploadId')
  const parts = sizes.map((size, at) => fill(size, at))
  for (const [at, part] of parts.entries()) {
    await fixture.send(
      { method: 'PUT', key: 'big', query: { uploadId, partNumber: String(at + 1) } },
      part,
    )
  }
  const complete = (
    body?: BodyInit,
    headers: Record<string, string> = {},
    query: Record<string, string> = {},
  ) => fixture.send({ method: 'POST', key: 'big', query: { uploadId, ...query }, headers }, body)
  const etags = parts.map(etagOf)
  const list = (...numbers: number[]) =>
    xmlOf(numbers.map((number) => [number, `"${etags[number - 1] ?? 'A'.repeat(32)}"`]))
  const isStored = async () => (await fixture.send({ method: 'HEAD', key: 'big' })).status === 200
  return { ...fixture, uploadId, parts, etags, complete, list, isStored }
}

describe('CompleteMultipartUpload', () => {
  it('joins the parts; the ETag hashes their hex texts; the CRC is of the whole', async () => {
    const { complete, list, parts, etags, send, received } = await setUp()
    const done = await complete(list(1, 2, 3))
    const etag = `"${etagOf(bytesOf(etags.join('')))}-3"`
    const xml = await done.text()
    expect(readElement(xml, 'ETag')).toBe(etag.replaceAll('"', '&quot;'))
    expect(readElement(xml, 'Location')).toContain('/big')
    const whole = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
    expect(done.headers.get('x-oss-hash-crc64ecma')).toBe(crc64(whole).toString())
    expect(done.headers.get('content-md5')).toBeNull()
    const got = await send({ method: 'GET', key: 'big' })
    expect(got.headers.get('x-oss-object-type')).toBe('Multipart')
    expect(etagOf(new Uint8Array(await got.arrayBuffer()))).toBe(etagOf(whole))
    expect(received).toHaveLength(0)
  })

  it('computes the ETag of the published object', () => {
    const parts = ['4DE8075FB607DF4D13FBC480EA488EFA', 'AF947EC157726CEA88ED83B3C989063B']
    expect(`${etagOf(bytesOf(parts.join('')))}-2`).toBe('1C787C506EABFB9B45EAAA8DB039F4B2-2')
  })

  it('takes gaps, drops parts that are not listed, and ETags without quotes', async () => {
    const { complete, etags, send } = await setUp()
    await complete(
      xmlOf([
        [1, etags[0] ?? ''],
        [3, etags[2] ?? ''],
      ]),
    )
    expect((await send({ method: 'HEAD', key: 'big' })).headers.get('content-length')).toBe(
      '102405',
    )
  })

  it('takes all parts in order with x-oss-complete-all, but no body then', async () => {
    const { complete, list, isStored } = await setUp()
    const headers = { 'x-oss-complete-all': 'yes' }
    expect((await readError(await complete(list(1), headers))).code).toBe('InvalidArgument')
    expect(await isStored()).toBe(false)
    expect((await complete(undefined, headers)).status).toBe(200)
    expect(await isStored()).toBe(true)
  })

  it('leaves nothing behind: the second one finds no upload', async () => {
    const { complete, list } = await setUp()
    const responses = await Promise.all([complete(list(1, 2, 3)), complete(list(1, 2, 3))])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 404])
    expect((await readError(await complete(list(1, 2, 3)))).code).toBe('NoSuchUpload')
  })

  it('sends the callback with the size of the whole and no contentMd5', async () => {
    const { complete, received } = await setUp([MIN, 5], { 'content-type': 'video/mp4' })
    const { callback, callbackVar = '' } = encodeCallback(
      {
        url: 'https://cb.example.com/',
        body: '${size}|${contentMd5}|${mimeType}|${operation}|${x:a}',
      },
      { 'x:a': '1' },
    )
    const query = { callback, 'callback-var': callbackVar }
    const done = await complete(undefined, { 'x-oss-complete-all': 'yes' }, query)
    expect(await done.json()).toEqual({ ok: true })
    expect(received[0]?.body).toBe('102405||video%2Fmp4|CompleteMultipartUpload|1')
  })

  it('uses the part that is there at the end, when one is sent again meanwhile', async () => {
    let resend = async () => {}
    const callbackTransport: CallbackTransport = {
      // A Complete waits while the callback's host is resolved.
      resolve: async () => {
        await resend()
        return ['93.184.216.34']
      },
      send: async () => ({ kind: 'unreachable' }),
    }
    const { complete, send, uploadId } = await setUp([5], {}, {
      fetch: undefined,
      callbackTransport,
    } as object)
    resend = async () => {
      await send(
        { method: 'PUT', key: 'big', query: { uploadId, partNumber: '1' } },
        bytesOf('again'),
      )
    }
    const { callback } = encodeCallback({ url: 'https://cb.example.com/', body: 'a=1' })
    expect((await complete(undefined, { 'x-oss-complete-all': 'yes' }, { callback })).status).toBe(
      203,
    )
    expect(await (await send({ method: 'GET', key: 'big' })).text()).toBe('again')
  })

  it('without parts makes an empty object, as the Go SDK expects of an empty stream', async () => {
    for (const [body, headers] of [
      [bytesOf('<CompleteMultipartUpload></CompleteMultipartUpload>'), {}],
      [undefined, { 'x-oss-complete-all': 'yes' }],
    ] as const) {
      const { send } = createEmulatorWithClient()
      const started = await send({ method: 'POST', key: 'empty', query: { uploads: '' } })
      const uploadId = readElement(await started.text(), 'UploadId')
      const query = { uploadId }
      const done = await send({ method: 'POST', key: 'empty', query, headers }, body)
      expect(done.status).toBe(200)
      expect(done.headers.get('x-oss-hash-crc64ecma')).toBe('0')
      const head = await send({ method: 'HEAD', key: 'empty' })
      expect(head.headers.get('content-length')).toBe('0')
      expect(head.headers.get('x-oss-object-type')).toBe('Multipart')
    }
  })

  it('of a sequential upload gives the object a Content-MD5', async () => {
    const { send } = createEmulatorWithClient()
    const query = { uploads: '', sequential: '' }
    const started = await send({ method: 'POST', key: 'a', query })
    const uploadId = readElement(await started.text(), 'UploadId')
    const part = new Uint8Array(102_400).fill(7)
    for (const [partNumber, bytes] of [
      ['1', part],
      ['2', bytesOf('end')],
    ] as const) {
      await send({ method: 'PUT', key: 'a', query: { uploadId, partNumber } }, bytes)
    }
    const headers = { 'x-oss-complete-all': 'yes' }
    const done = await send({ method: 'POST', key: 'a', query: { uploadId }, headers })
    const whole = new Uint8Array(102_403)
    whole.set(part)
    whole.set(bytesOf('end'), part.length)
    const contentMd5 = toBase64(md5(whole))
    expect(done.headers.get('content-md5')).toBe(contentMd5)
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('content-md5')).toBe(contentMd5)
  })

  it('has a Location with the bucket of a path-style request, and with + ? # encoded', async () => {
    const { send, emulator } = createEmulatorWithClient({
      buckets: [{ name: BUCKET, domains: ['img'], acl: 'public-read-write' }],
    })
    const key = 'a/中+?#.txt'
    const locate = async (endpoint: string, addressing: 'path' | 'virtual' | 'cname') => {
      const address = { endpoint, addressing, key }
      const started = await send({ ...address, method: 'POST', query: { uploads: '' } })
      const uploadId = readElement(await started.text(), 'UploadId')
      const headers = { 'x-oss-complete-all': 'yes' }
      const done = await send({ ...address, method: 'POST', query: { uploadId }, headers })
      return readElement(await done.text(), 'Location')
    }
    const path = 'a/%E4%B8%AD%2B%3F%23.txt'
    expect(await locate('http://127.0.0.1:9000', 'path')).toBe(
      `http://127.0.0.1:9000/${BUCKET}/${path}`,
    )
    expect(await locate('https://oss-cn-hangzhou.aliyuncs.com', 'virtual')).toBe(
      `https://${BUCKET}.oss-cn-hangzhou.aliyuncs.com/${path}`,
    )
    expect(await locate('https://img', 'cname')).toBe(`https://img/${path}`)
    expect(emulator.log.requests.every(({ status }) => status === 200)).toBe(true)
  })

  it('does not overwrite, whether Initiate or Complete said so', async () => {
    for (const [initiate, complete] of [
      [{ 'x-oss-forbid-overwrite': 'true' }, {}],
      [{}, { 'x-oss-forbid-overwrite': 'true' }],
    ] as Record<string, string>[][]) {
      const set = await setUp([5], initiate)
      await set.send({ method: 'PUT', key: 'big' }, bytesOf('there'))
      const error = await readError(await set.complete(set.list(1), complete))
      expect(error).toMatchObject({ status: 409, code: 'FileAlreadyExists' })
      expect(await (await set.send({ method: 'GET', key: 'big' })).text()).toBe('there')
    }
  })

  it('with a bad callback is refused and leaves the upload unchanged', async () => {
    const { complete, list, isStored } = await setUp()
    const error = await readError(await complete(list(1, 2, 3), { 'x-oss-callback': 'x' }))
    expect(error).toMatchObject({ status: 400, code: 'InvalidArgument', ec: '0007-00000002' })
    expect(await isStored()).toBe(false)
    expect((await complete(list(1, 2, 3))).status).toBe(200)
  })
})

describe('a Complete that is wrong', () => {
  it.each<[string, (etags: string[]) => BodyInit | undefined, string]>([
    ['no body', () => undefined, 'MalformedXML'],
    ['no XML', () => bytesOf('hello'), 'MalformedXML'],
    ['another root', () => bytesOf('<a/>'), 'MalformedXML'],
    [
      'a part without number',
      () =>
        bytesOf('<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>'),
      'MalformedXML',
    ],
    ['a number that is none', ([e = '']) => xmlOf([['x', e]]), 'MalformedXML'],
    [
      'an entity bomb',
      () =>
        bytesOf(
          '<!DOCTYPE a [<!ENTITY b "bb">]><CompleteMultipartUpload>&b;</CompleteMultipartUpload>',
        ),
      'MalformedXML',
    ],
    [
      'an external entity',
      () => bytesOf('<!DOCTYPE a SYSTEM "file:///etc/passwd"><CompleteMultipartUpload/>'),
      'MalformedXML',
    ],
    [
      'nesting without end',
      () => bytesOf('<CompleteMultipartUpload>'.repeat(100_000)),
      'MalformedXML',
    ],
    ['more than 4 MiB', () => new Uint8Array(4 * 1024 * 1024 + 1).fill(32), 'MalformedXML'],
    ['a part that is not there', ([e = '']) => xmlOf([[4, e]]), 'InvalidPart'],
    ['the classic of browsers', () => xmlOf([[1, 'undefined']]), 'InvalidPart'],
    ['a swapped ETag', ([, e = '']) => xmlOf([[1, e]]), 'InvalidPart'],
    [
      'wrong order',
      ([a = '', b = '']) =>
        xmlOf([
          [2, b],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    [
      'the same part twice',
      ([a = '']) =>
        xmlOf([
          [1, a],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    ['part 0', ([a = '']) => xmlOf([[0, a]]), 'InvalidPartOrder'],
    ['part 10001', ([a = '']) => xmlOf([[10_001, a]]), 'InvalidPartOrder'],
  ])('%s', async (_, body, code) => {
    const { complete, etags, isStored, emulator } = await setUp()
    expect(await readError(await complete(body(etags)))).toMatchObject({ status: 400, code })
    expect(emulator.log.requests.at(-1)?.detail).toBe('')
    expect(await isStored()).toBe(false)
  })

  it('a middle part under 100 KB', async () => {
    const { complete, list } = await setUp([MIN, MIN - 1024, 5])
    const error = await readError(await complete(list(1, 2, 3)))
    expect(error).toMatchObject({ status: 400, code: 'EntityTooSmall' })
    expect((await complete(list(1, 2))).status).toBe(200)
  })
})
