/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/appendobject */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../../src/protocol/crc64.ts'
import { BUCKET, bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

function setUp() {
  const fixture = createEmulatorWithClient()
  const append = (position: number | string, text: string, headers: Record<string, string> = {}) =>
    fixture.send(
      { method: 'POST', key: 'log', query: { append: '', position: String(position) }, headers },
      bytesOf(text),
    )
  const read = async () => (await fixture.send({ method: 'GET', key: 'log' })).text()
  return { ...fixture, append, read }
}

describe('AppendObject', () => {
  it('adds bytes at the end, and tells the next position and the CRC of the whole', async () => {
    const { append, read, send } = setUp()
    const first = await append(0, 'foo', { 'content-type': 'text/x-log' })
    expect(first.headers.get('x-oss-next-append-position')).toBe('3')
    const second = await append(3, '中文')
    expect(second.headers.get('x-oss-next-append-position')).toBe('9')
    expect(second.headers.get('x-oss-hash-crc64ecma')).toBe(crc64(bytesOf('foo中文')).toString())
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'))
    expect(await read()).toBe('foo中文')
    const head = await send({ method: 'HEAD', key: 'log' })
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-type': 'text/x-log',
      'content-length': '9',
      'x-oss-object-type': 'Appendable',
      'x-oss-next-append-position': '9',
    })
  })

  it('refuses another position than the end, and tells it', async () => {
    const { append, read } = setUp()
    expect((await readError(await append(1, 'x'))).code).toBe('PositionNotEqualToLength')
    await append(0, 'foo')
    for (const position of [0, 2, 4]) {
      const refused = await append(position, 'x')
      expect(refused.headers.get('x-oss-next-append-position')).toBe('3')
      expect(await readError(refused)).toMatchObject({
        status: 409,
        code: 'PositionNotEqualToLength',
      })
    }
    expect(await read()).toBe('foo')
  })

  it('takes only the first of several appends at once', async () => {
    const { append, read } = setUp()
    await append(0, 'foo')
    const responses = await Promise.all(['a', 'b', 'c'].map((text) => append(3, text)))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await read()).toMatch(/^foo[abc]$/)
  })

  it('refuses objects of another kind, bad positions, and buckets with versioning', async () => {
    const { append, send } = setUp()
    await send({ method: 'PUT', key: 'log' }, bytesOf('x'))
    expect(await readError(await append(1, 'y'))).toMatchObject({
      status: 409,
      code: 'ObjectNotAppendable',
    })
    for (const position of ['', '-1', 'x', '1.5']) {
      expect((await readError(await append(position, 'y'))).code).toBe('InvalidArgument')
    }
    const versioned = createEmulatorWithClient({ buckets: [{ name: BUCKET, versioning: true }] })
    const query = { append: '', position: '0' }
    const refused = await versioned.send({ method: 'POST', key: 'a', query }, bytesOf('x'))
    expect((await readError(refused)).code).toBe('NotImplemented')
  })

  it('ignores the metadata of later appends, wrong or not', async () => {
    const { append, send } = setUp()
    await append(0, 'a', { 'x-oss-meta-a': '1' })
    const tags = Array.from({ length: 15 }, (_, at) => `k${at}=v`).join('&')
    expect((await append(1, 'b', { 'x-oss-tagging': tags, 'x-oss-meta-a': '2' })).status).toBe(200)
    expect((await send({ method: 'HEAD', key: 'log' })).headers.get('x-oss-meta-a')).toBe('1')
  })

  it('keeps its bytes until the object is replaced', async () => {
    const { append, read, send } = setUp()
    for (const [position, text] of [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ] as const)
      await append(position, text)
    expect(await read()).toBe('abc')
    await send({ method: 'PUT', key: 'log' }, bytesOf('new'))
    expect(await read()).toBe('new')
  })
})
