/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/deletemultipleobjects */
import { describe, expect, it } from 'vitest'
import { toBase64 } from '../../../src/protocol/bytes.ts'
import { md5 } from '../../../src/protocol/crypto.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  readAllElements,
  readElement,
  readError,
} from '../emulator-with-client.ts'

async function setUp(keys: string[], options: Parameters<typeof createEmulatorWithClient>[0] = {}) {
  const fixture = createEmulatorWithClient(options)
  for (const key of keys) await fixture.send({ method: 'PUT', key }, bytesOf('x'))
  const remove = (xml: string, query = {}, headers = {}) =>
    fixture.send({ method: 'POST', query: { delete: '', ...query }, headers }, bytesOf(xml))
  const list = async () => {
    const query = { 'list-type': '2' }
    return readAllElements(await (await fixture.send({ method: 'GET', query })).text(), 'Key')
  }
  return { ...fixture, remove, list }
}
const xmlOf = (...keys: string[]) =>
  `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`

describe('DeleteMultipleObjects', () => {
  it('deletes what is there and says so of all, also of keys with spaces around', async () => {
    const { remove, list } = await setUp(['a', ' b ', '中', 'stays'])
    const xml = await (await remove(xmlOf('a', ' b ', '中', 'missing'))).text()
    expect(readAllElements(xml, 'Key')).toEqual(['a', ' b ', '中', 'missing'])
    expect(await list()).toEqual(['stays'])
  })

  it('says nothing when quiet, and encodes keys when asked', async () => {
    const { remove } = await setUp(['a', 'b c'])
    const quiet = await remove('<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>')
    expect([quiet.status, await quiet.text()]).toEqual([200, ''])
    const encoded = await (await remove(xmlOf('b c'), { 'encoding-type': 'url' })).text()
    expect(readElement(encoded, 'Key')).toBe('b%20c')
    expect(readElement(encoded, 'EncodingType')).toBe('url')
  })

  it('takes 1000 keys, not 1001, and checks Content-MD5', async () => {
    const { remove, list } = await setUp(['a'])
    const keys = Array.from({ length: 1000 }, (_, at) => `k${at}`)
    expect((await remove(xmlOf(...keys))).status).toBe(200)
    expect((await readError(await remove(xmlOf(...keys, 'a')))).code).toBe('MalformedXML')
    const wrong = await remove(xmlOf('a'), {}, { 'content-md5': toBase64(md5('other')) })
    expect((await readError(wrong)).code).toBe('InvalidDigest')
    expect(await list()).toEqual(['a'])
    const right = await remove(xmlOf('a'), {}, { 'content-md5': toBase64(md5(xmlOf('a'))) })
    expect(right.status).toBe(200)
  })

  it.each(['x', '<Delete/>', '<Delete><Object/></Delete>', xmlOf('')])(
    'refuses %j',
    async (xml) => {
      const { remove } = await setUp([])
      expect((await readError(await remove(xml))).code).toBe('MalformedXML')
    },
  )

  it('deletes all or nothing by the policy of the key', async () => {
    const policy = {
      Statement: [
        { Effect: 'Allow' as const, Action: 'oss:*', Resource: `acs:oss:*:*:${BUCKET}*` },
        { Effect: 'Deny' as const, Action: 'oss:DeleteObject', Resource: 'acs:oss:*:*:*/kept' },
      ],
    }
    const key = { accessKeyId: 'ak', accessKeySecret: 'sk', policy }
    const { remove, list } = await setUp(['a', 'kept'], { accessKeys: [key] })
    expect((await readError(await remove(xmlOf('a', 'kept')))).code).toBe('AccessDenied')
    expect(await list()).toEqual(['a', 'kept'])
  })

  it('leaves markers in a bucket with versioning, and deletes versions', async () => {
    const { remove, list } = await setUp(['a'], { buckets: [{ name: BUCKET, versioning: true }] })
    const xml = await (await remove(xmlOf('a'))).text()
    expect(readElement(xml, 'DeleteMarker')).toBe('true')
    const id = readElement(xml, 'DeleteMarkerVersionId')
    expect(await list()).toEqual([])
    await remove(`<Delete><Object><Key>a</Key><VersionId>${id}</VersionId></Object></Delete>`)
    expect(await list()).toEqual(['a'])
  })
})
