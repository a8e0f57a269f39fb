/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject */
import { describe, expect, it } from 'vitest'
import { bytesOf, createEmulatorWithClient, HOST, NOW, readError } from '../emulator-with-client.ts'

async function setUp() {
  const fixture = createEmulatorWithClient()
  await fixture.send(
    { method: 'PUT', key: 'a', headers: { 'content-type': 'text/plain', 'x-oss-meta-a': '1' } },
    bytesOf('0123456789'),
  )
  const get = (headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
    fixture.send({ method: 'GET', key: 'a', headers, query })
  return { ...fixture, get }
}

describe('GetObject and HeadObject', () => {
  it('return the headers of the object, HEAD without a body', async () => {
    const { send } = await setUp()
    for (const method of ['GET', 'HEAD']) {
      const response = await send({ method, key: 'a' })
      expect(response.status).toBe(200)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/plain',
        'content-length': '10',
        'content-md5': 'eB5eJF1ptWaXm4bijSPyxw==',
        etag: '"781E5E245D69B566979B86E28D23F2C7"',
        'last-modified': NOW.toUTCString(),
        'accept-ranges': 'bytes',
        'x-oss-object-type': 'Normal',
        'x-oss-storage-class': 'Standard',
        'x-oss-meta-a': '1',
        server: 'AliyunOSS',
        date: NOW.toUTCString(),
      })
      expect(response.headers.get('x-oss-request-id')).toMatch(/^[0-9A-F]{24}$/)
      expect(response.headers.get('x-oss-server-time')).toMatch(/^\d+$/)
      expect(await response.text()).toBe(method === 'GET' ? '0123456789' : '')
    }
  })

  it('of an error has a body for GET, and headers alone for HEAD', async () => {
    const { send } = await setUp()
    const got = await send({ method: 'GET', key: 'none' })
    expect(got.headers.get('x-oss-ec')).toBe('0026-00000001')
    const error = await readError(got)
    expect(error).toMatchObject({ status: 404, code: 'NoSuchKey', ec: '0026-00000001' })
    expect(error.xml).toContain('<Key>none</Key>')
    const head = await send({ method: 'HEAD', key: 'none' })
    expect([head.status, await head.text()]).toEqual([404, ''])
    expect(atob(head.headers.get('x-oss-err') ?? '')).toContain('<Code>NoSuchKey</Code>')
    expect(head.headers.get('x-oss-ec')).toBe('0026-00000001')
  })

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=9-9', 206, '9', 'bytes 9-9/10'],
    ['bytes=0-10', 200, '0123456789', null],
    ['bytes=10-', 200, '0123456789', null],
    ['bytes=5-3', 200, '0123456789', null],
    ['bytes=a-b', 200, '0123456789', null],
    ['items=0-3', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
  ])('Range: %s answers %i', async (range, status, text, contentRange) => {
    const response = await (await setUp()).get({ range })
    expect([response.status, await response.text()]).toEqual([status, text])
    expect(response.headers.get('content-range')).toBe(contentRange)
  })

  it.each([
    ['bytes=0-99', 206],
    ['bytes=10-', 416],
    ['bytes=10-20', 416],
    ['bytes=-0', 416],
    ['bytes=5-3', 200],
    ['bytes=a-b', 200],
  ])('Range: %s with the standard behaviour answers %i', async (range, status) => {
    const { get } = await setUp()
    expect((await get({ range, 'x-oss-range-behavior': 'standard' })).status).toBe(status)
  })

  it.each([
    [{ 'if-match': '"781E5E245D69B566979B86E28D23F2C7"' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-none-match': '781E5E245D69B566979B86E28D23F2C7' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': NOW.toUTCString() }, 304],
    [{ 'if-modified-since': 'Tue, 01 Jan 2030 00:00:00 GMT' }, 200],
    [{ 'if-unmodified-since': NOW.toUTCString() }, 200],
    [{ 'if-unmodified-since': 'Tue, 01 Jan 2030 00:00:00 GMT' }, 412],
    [{ 'if-modified-since': 'rubbish' }, 200],
  ])('%j answers %i', async (headers, status) => {
    expect((await (await setUp()).get(headers as Record<string, string>)).status).toBe(status)
  })

  it('lets a signed request set response headers, an anonymous one not', async () => {
    const { get, emulator } = await setUp()
    const query = { 'response-content-type': 'a/b', 'response-content-disposition': 'x\r\ny: z' }
    const { headers } = await get({}, query)
    expect(headers.get('content-type')).toBe('a/b')
    expect(headers.get('content-disposition')).toBe('xy: z')
    expect(emulator.log.requests.at(-1)?.status).toBe(200)
    const open = createEmulatorWithClient({
      buckets: [{ name: 'examplebucket', acl: 'public-read' }],
    })
    await open.send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    const response = await open.emulator.fetch(new Request(`${HOST}/a?response-content-type=a/b`))
    expect((await readError(response)).code).toBe('InvalidRequest')
  })

  it('continue to read what is deleted or replaced meanwhile', async () => {
    const { get, send } = await setUp()
    const response = await get()
    await send({ method: 'PUT', key: 'a' }, bytesOf('new'))
    await send({ method: 'DELETE', key: 'a' })
    expect(await response.text()).toBe('0123456789')
  })
})

describe('DeleteObject', () => {
  it('answers 204 whether the key is there or not', async () => {
    const { send } = await setUp()
    for (const key of ['a', 'a', 'none']) {
      expect((await send({ method: 'DELETE', key })).status).toBe(204)
    }
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(404)
  })
})

describe('a failed precondition', () => {
  it.each([
    [{ 'if-match': '"X"' }, 'If-Match'],
    [{ 'if-unmodified-since': 'Tue, 01 Jan 2030 00:00:00 GMT' }, 'If-Unmodified-Since'],
  ])('%j is named in Condition', async (headers, condition) => {
    const { get } = await setUp()
    const error = await readError(await get(headers as Record<string, string>))
    expect(error).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect(error.xml).toContain(`<Condition>${condition}</Condition>`)
  })
})

describe('GetObjectMeta', () => {
  it('has size, ETag and time, and none of the metadata', async () => {
    const { send } = await setUp()
    const { status, headers } = await send({ method: 'HEAD', key: 'a', query: { objectMeta: '' } })
    expect(status).toBe(200)
    expect(headers.get('content-length')).toBe('10')
    expect(headers.get('etag')).toBe('"781E5E245D69B566979B86E28D23F2C7"')
    expect(headers.get('last-modified')).toBe(NOW.toUTCString())
    for (const name of ['x-oss-meta-a', 'content-type', 'x-oss-object-type']) {
      expect(headers.get(name)).toBeNull()
    }
    const none = await send({ method: 'HEAD', key: 'none', query: { objectMeta: '' } })
    expect(none.status).toBe(404)
  })
})
