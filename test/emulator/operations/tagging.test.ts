/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging */
import { describe, expect, it } from 'vitest'
import { bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

async function setUp() {
  const fixture = createEmulatorWithClient()
  const { send } = fixture
  const query = { tagging: '' }
  await send({ method: 'PUT', key: 'a', headers: { 'x-oss-tagging': 'a=1' } }, bytesOf('x'))
  const put = (xml: string) => send({ method: 'PUT', key: 'a', query }, bytesOf(xml))
  const get = async () => (await send({ method: 'GET', key: 'a', query })).text()
  return { ...fixture, put, get, query }
}
const xmlOf = (...tags: [string, string][]) =>
  `<Tagging><TagSet>${tags.map(([k, v]) => `<Tag><Key>${k}</Key><Value>${v}</Value></Tag>`).join('')}</TagSet></Tagging>`

describe('the tags of an object', () => {
  it('are set by PutObject, replaced, counted and deleted', async () => {
    const { send, put, get, query } = await setUp()
    expect(await get()).toContain(xmlOf(['a', '1']))
    expect((await put(xmlOf(['b', '2'], ['c', '']))).status).toBe(200)
    expect(await get()).toContain(xmlOf(['b', '2'], ['c', '']))
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('x-oss-tagging-count')).toBe('2')
    expect((await send({ method: 'DELETE', key: 'a', query })).status).toBe(204)
    expect(await get()).toContain('<TagSet></TagSet>')
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('x-oss-tagging-count')).toBeNull()
  })

  it.each([
    ['no XML', 'x', 'MalformedXML'],
    ['no TagSet', '<Tagging/>', 'MalformedXML'],
    [
      'a tag without a value',
      '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>',
      'MalformedXML',
    ],
    ['a bad character', xmlOf(['a', '!']), 'InvalidTag'],
    [
      'eleven',
      xmlOf(...Array.from({ length: 11 }, (_, at): [string, string] => [`k${at}`, ''])),
      'InvalidTag',
    ],
    ['more than 64 KiB', ' '.repeat(65_537), 'MalformedXML'],
  ])('with %s stay as they were', async (_, xml, code) => {
    const { put, get } = await setUp()
    expect(await readError(await put(xml))).toMatchObject({ status: 400, code })
    expect(await get()).toContain(xmlOf(['a', '1']))
  })

  it('of a missing object are NoSuchKey', async () => {
    const { send, query } = await setUp()
    for (const method of ['GET', 'DELETE']) {
      expect((await readError(await send({ method, key: 'none', query }))).code).toBe('NoSuchKey')
    }
  })
})
