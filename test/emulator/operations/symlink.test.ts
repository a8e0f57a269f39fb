/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putsymlink */
import { describe, expect, it } from 'vitest'
import { bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

async function setUp() {
  const fixture = createEmulatorWithClient()
  const { send } = fixture
  await send({ method: 'PUT', key: '目标', headers: { 'content-type': 'a/b' } }, bytesOf('hello'))
  const query = { symlink: '' }
  const link = (key: string, target: string, headers: Record<string, string> = {}) =>
    send({ method: 'PUT', key, query, headers: { 'x-oss-symlink-target': target, ...headers } })
  return { ...fixture, link, query }
}

describe('a symbolic link', () => {
  it('leads to the bytes of its target, with metadata of its own', async () => {
    const { send, link, query } = await setUp()
    const target = encodeURIComponent('目标')
    expect((await link('link', target, { 'x-oss-meta-a': '1' })).status).toBe(200)
    const got = await send({ method: 'GET', key: 'link' })
    expect(await got.text()).toBe('hello')
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'x-oss-object-type': 'Symlink',
      'x-oss-meta-a': '1',
      'content-type': 'a/b',
    })
    const read = await send({ method: 'GET', key: 'link', query })
    expect(read.headers.get('x-oss-symlink-target')).toBe(target)
    await send({ method: 'PUT', key: '目标' }, bytesOf('changed'))
    expect(await (await send({ method: 'GET', key: 'link' })).text()).toBe('changed')
  })

  it('may lead nowhere, but not to another link', async () => {
    const { send, link } = await setUp()
    await link('nowhere', 'none')
    const lost = await readError(await send({ method: 'GET', key: 'nowhere' }))
    expect(lost).toMatchObject({ status: 404, code: 'SymlinkTargetNotExist' })
    await link('link2', 'nowhere')
    const chain = await readError(await send({ method: 'GET', key: 'link2' }))
    expect(chain).toMatchObject({ status: 400, code: 'InvalidTargetType' })
  })

  it('is refused without a target, and does not overwrite when forbidden', async () => {
    const { send, link, query } = await setUp()
    const forbid = { 'x-oss-forbid-overwrite': 'true' }
    expect((await readError(await link('目标', 'x', forbid))).code).toBe('FileAlreadyExists')
    expect((await readError(await send({ method: 'PUT', key: 'a', query }))).code).toBe(
      'InvalidArgument',
    )
    expect((await readError(await link('a', '/x'))).code).toBe('InvalidObjectName')
    const plain = await send({ method: 'GET', key: '目标', query })
    expect(await readError(plain)).toMatchObject({ status: 400, code: 'NotSymlink' })
    const none = await send({ method: 'GET', key: 'none', query })
    expect(await readError(none)).toMatchObject({ status: 404, code: 'NoSuchKey' })
  })
})
