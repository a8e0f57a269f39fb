/** Reading, looking, deleting and listing, over sockets. */
import { describe, expect, it } from 'vitest'
import { buildDisposition } from '../../src/protocol/disposition.ts'
import { createClient, readOssError, startLocalOss } from '../support/local-oss.ts'

const oss = startLocalOss()

describe('signedUrl', () => {
  it('reads an object without any key of the reader', async () => {
    await oss.client.putObject('目录/夏天 1.txt', 'hello')
    const response = await fetch(await oss.client.signedUrl('目录/夏天 1.txt'))
    expect([response.status, await response.text()]).toEqual([200, 'hello'])
    expect(response.headers.get('content-disposition')).toBe(null)
  })

  it.each([
    [
      '夏天 2026.txt',
      'attachment; filename="__ 2026.txt"; filename*=UTF-8\'\'%E5%A4%8F%E5%A4%A9%202026.txt',
    ],
    ['plain.txt', 'attachment; filename="plain.txt"'],
    ['a"b\\c/d\r\n.txt', 'attachment; filename="a_b_c_d__.txt"'],
    ['100%.txt', 'attachment; filename="100_.txt"; filename*=UTF-8\'\'100%25.txt'],
    ["it's (1)*.txt", 'attachment; filename="it\'s (1)*.txt"'],
  ])('lets browsers save it as %j', async (download, expected) => {
    expect(buildDisposition(download)).toBe(expected)
    await oss.client.putObject('a.txt', 'hello')
    const response = await fetch(await oss.client.signedUrl('a.txt', { download }))
    expect(response.headers.get('content-disposition')).toBe(expected)
  })

  it('takes the name from the key, a method, a life and a process', async () => {
    const url = new URL(
      await oss.client.signedUrl('dir/照片.png', {
        download: true,
        method: 'HEAD',
        expiresIn: 60,
        process: 'image/resize,w_400',
      }),
    )
    const { searchParams } = url
    expect(searchParams.get('response-content-disposition')).toContain(
      "UTF-8''%E7%85%A7%E7%89%87.png",
    )
    expect(searchParams.get('x-oss-process')).toBe('image/resize,w_400')
    expect(searchParams.get('x-oss-expires')).toBe('60')
    await expect(oss.client.signedUrl('a', { expiresIn: 0 })).rejects.toMatchObject({
      code: 'EXPIRES',
    })
  })

  it('ends with its life', async () => {
    const now = () => new Date(Date.now() - 120_000)
    const url = await createClient(oss, { now }).signedUrl('a.txt', { expiresIn: 60 })
    expect((await fetch(url)).status).toBe(403)
  })
})

describe('an object', () => {
  it('is looked at, and deleted', async () => {
    const headers = { 'x-oss-meta-album': 'summer' }
    await oss.client.putObject('look.txt', 'hello', { type: 'text/plain', headers })
    expect(await oss.client.headObject('look.txt')).toEqual({
      key: 'look.txt',
      size: 5,
      type: 'text/plain',
      etag: '5D41402ABC4B2A76B9719D911017C592',
      crc64: expect.stringMatching(/^\d+$/),
      lastModified: expect.any(Date),
      meta: { album: 'summer' },
    })
    await oss.client.deleteObject('look.txt')
    await oss.client.deleteObject('look.txt')
    // The body of an error of HEAD is in a header.
    expect(await readOssError(oss.client.headObject('look.txt'))).toMatchObject({
      status: 404,
      remoteCode: 'NoSuchKey',
    })
  })
})

describe('listObjects', () => {
  it('gives pages in the order of keys, whatever characters these have', async () => {
    const keys = ['list/a+b c.txt', 'list/夏&天.txt', 'list/z<1>.txt']
    for (const key of [...keys].reverse()) await oss.client.putObject(key, key)
    const first = await oss.client.listObjects('list/', { limit: 2 })
    const second = await oss.client.listObjects('list/', { limit: 2, after: first.next })
    const listed = [...first.objects, ...second.objects].map(({ key }) => key)
    expect(listed).toEqual([...keys].sort())
    expect(first.objects[0]).toMatchObject({ size: 14, lastModified: expect.any(Date) })
    expect(second.next).toBe(undefined)
    expect((await oss.client.listObjects('nothing/')).objects).toEqual([])
    expect(await readOssError(oss.client.listObjects('', { limit: 0 }))).toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})
