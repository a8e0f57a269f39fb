/** Many small files through the real service, and the local OSS. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createListUploader } from '../../client/lists.ts'
import { askBackend, buildOptions, createFile, takeStats } from '../support/browser-page.ts'

beforeEach(() => askBackend('reset'))
afterEach(() => askBackend('reset'))

it('asks for the tickets of 150 files in lists, and each file gets its own response', async () => {
  const uploader = createListUploader(await buildOptions())
  const names = Array.from({ length: 150 }, (_, at) => `照片 ${at}.txt`)
  const results = await Promise.all(names.map((name) => uploader.upload(createFile(100, name))))
  expect(results.map(({ response }) => (response as { name: string }).name)).toEqual(names)
  const { calls, receipts } = await takeStats()
  expect(receipts).toBe(150)
  // Three full lists; a busy machine begins the first before it is full.
  expect(calls.filter((call) => call === 'POST /uploads').length).toBeLessThanOrEqual(4)
}, 60_000)

it('a single file waits for no other', async () => {
  const uploader = createListUploader(await buildOptions())
  expect((await uploader.upload(createFile(100))).via).toBe('callback')
})

it('one file that is refused has its own error, and the others are uploaded', async () => {
  const uploader = createListUploader(await buildOptions({ profile: 'photos' }))
  const ends = await Promise.allSettled(
    ['a.png', 'b.txt', 'c.png'].map((name) =>
      uploader.upload(createFile(100, name, name.endsWith('png') ? 'image/png' : 'text/plain')),
    ),
  )
  expect(
    ends.map((end) =>
      end.status === 'fulfilled' ? end.value.via : [end.reason.code, end.reason.status],
    ),
  ).toEqual(['callback', ['TYPE_REFUSED', 415], 'callback'])
})
