/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/listparts */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  createEmulatorWithClient,
  NOW,
  readAllElements,
  readElement,
  readError,
} from '../emulator-with-client.ts'

describe('ListParts', () => {
  async function setUp(numbers: number[]) {
    const { send } = createEmulatorWithClient()
    const started = await (await send({ method: 'POST', key: 'a', query: { uploads: '' } })).text()
    const uploadId = readElement(started, 'UploadId')
    for (const number of numbers) {
      await send(
        { method: 'PUT', key: 'a', query: { uploadId, partNumber: String(number) } },
        bytesOf('x'),
      )
    }
    const list = (query: Record<string, string> = {}) =>
      send({ method: 'GET', key: 'a', query: { uploadId, ...query } })
    return { send, list, uploadId }
  }

  it('goes through the parts page by page, in order of number', async () => {
    const { list } = await setUp([10, 2, 1, 300])
    const first = await (await list({ 'max-parts': '3' })).text()
    expect(readAllElements(first, 'PartNumber')).toEqual(['1', '2', '10'])
    expect(readElement(first, 'IsTruncated')).toBe('true')
    const marker = readElement(first, 'NextPartNumberMarker')
    const second = await (await list({ 'max-parts': '3', 'part-number-marker': marker })).text()
    expect(readAllElements(second, 'PartNumber')).toEqual(['300'])
    expect(readElement(second, 'IsTruncated')).toBe('false')
  })

  it('tells size, ETag, CRC and time of each part', async () => {
    const xml = await (await (await setUp([1])).list()).text()
    expect(readElement(xml, 'MaxParts')).toBe('1000')
    expect(readElement(xml, 'Size')).toBe('1')
    expect(readElement(xml, 'ETag')).toBe('&quot;9DD4E461268C8034F5C8564E155C67A6&quot;')
    expect(readElement(xml, 'HashCrc64ecma')).toMatch(/^\d+$/)
    expect(readElement(xml, 'LastModified')).toBe('2030-01-02T03:04:05.000Z')
  })

  it('tells times in whole seconds, which is all that the Python SDK can read', async () => {
    const now = () => new Date(NOW.getTime() + 789)
    const { send } = createEmulatorWithClient({ now })
    const started = await (await send({ method: 'POST', key: 'a', query: { uploads: '' } })).text()
    const uploadId = readElement(started, 'UploadId')
    const part = { method: 'PUT', key: 'a', query: { uploadId, partNumber: '1' } }
    await send(part, bytesOf('x'))
    const parts = await (await send({ method: 'GET', key: 'a', query: { uploadId } })).text()
    const uploads = await (await send({ method: 'GET', query: { uploads: '' } })).text()
    const whole = '2030-01-02T03:04:05.000Z'
    expect(readElement(parts, 'LastModified')).toBe(whole)
    expect(readElement(uploads, 'Initiated')).toBe(whole)
  })

  it.each([
    ['max-parts', '0'],
    ['max-parts', '1001'],
    ['max-parts', 'x'],
    ['part-number-marker', '-1'],
    ['encoding-type', 'base64'],
  ])('refuses %s=%s', async (name, value) => {
    const { list } = await setUp([])
    expect(await readError(await list({ [name]: value }))).toMatchObject({
      code: 'InvalidArgument',
    })
  })
})

describe('ListMultipartUploads', () => {
  async function setUp(keys: string[]) {
    const { send } = createEmulatorWithClient()
    const ids: string[] = []
    for (const key of keys) {
      const xml = await (await send({ method: 'POST', key, query: { uploads: '' } })).text()
      ids.push(readElement(xml, 'UploadId'))
    }
    const list = async (query: Record<string, string> = {}) =>
      (await send({ method: 'GET', query: { uploads: '', ...query } })).text()
    return { list, ids }
  }

  it('goes through all of them page by page', async () => {
    const { list, ids } = await setUp(['b', 'a', 'b', 'c'])
    const seen: (string | undefined)[] = []
    let query: Record<string, string> = { 'max-uploads': '1' }
    for (let page = 0; page < 10; page += 1) {
      const xml = await list(query)
      seen.push(...readAllElements(xml, 'UploadId'))
      if (readElement(xml, 'IsTruncated') === 'false') break
      query = {
        'max-uploads': '1',
        'key-marker': readElement(xml, 'NextKeyMarker'),
        'upload-id-marker': readElement(xml, 'NextUploadIdMarker'),
      }
    }
    const sorted = [ids[1], ...[ids[0], ids[2]].sort(), ids[3]]
    expect(seen).toEqual(sorted)
  })

  it('knows prefix and delimiter', async () => {
    const { list } = await setUp(['a/1', 'a/2', 'b/x/1', 'b/2', 'c'])
    const folders = await list({ delimiter: '/' })
    expect(readAllElements(folders, 'CommonPrefixes')).toEqual([
      '<Prefix>a/</Prefix>',
      '<Prefix>b/</Prefix>',
    ])
    expect(readAllElements(folders, 'Key')).toEqual(['c'])
    const inB = await list({ delimiter: '/', prefix: 'b/' })
    expect(readAllElements(inB, 'Key')).toEqual(['b/2'])
    const page = await list({ delimiter: '/', 'max-uploads': '1' })
    const next = await list({ delimiter: '/', 'key-marker': readElement(page, 'NextKeyMarker') })
    expect(readAllElements(next, 'CommonPrefixes')).toEqual(['<Prefix>b/</Prefix>'])
  })

  it('with a key marker alone continues after that key', async () => {
    const { list } = await setUp(['a', 'b', 'c'])
    expect(readAllElements(await list({ 'key-marker': 'b' }), 'Key')).toEqual(['c'])
  })

  it('names the last key and id as next markers, also when nothing is left', async () => {
    const { list, ids } = await setUp(['a', 'b'])
    const xml = await list()
    expect(readElement(xml, 'IsTruncated')).toBe('false')
    expect(readElement(xml, 'NextKeyMarker')).toBe('b')
    expect(readElement(xml, 'NextUploadIdMarker')).toBe(ids[1])
    const end = await list({ 'key-marker': 'b', 'upload-id-marker': ids[1] ?? '' })
    expect(readAllElements(end, 'Key')).toEqual([])
    expect(readElement(end, 'NextKeyMarker')).toBe('')
  })
})
