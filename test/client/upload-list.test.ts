/** Without a framework, against the real service and local OSS. */
import { beforeEach, expect, it } from 'vitest'
import { createUploadList } from '../../client/upload-list.ts'
import { askBackend, buildOptions, createFile } from '../support/browser-page.ts'

beforeEach(() => askBackend('reset'))

it('reads the options for each file, and the caller’s own take precedence', async () => {
  const options = await buildOptions()
  let profile = 'none'
  const list = createUploadList(() => ({ ...options, profile, retryDelays: [] }))
  const files = [createFile(10, 'a.txt', 'text/plain'), createFile(20, '夏天.txt', 'text/plain')]
  const [first, second] = await list.add(files)
  expect([first?.status, second?.status]).toEqual(['rejected', 'rejected'])
  profile = 'any'
  const [third] = await list.add(new Set(files))
  expect(third).toMatchObject({ status: 'fulfilled', value: { delivery: 'done' } })
  const [fourth] = await list.add(createFile(10), { profile: 'none' })
  expect(fourth).toMatchObject({ status: 'rejected', reason: { code: 'PROFILE_UNKNOWN' } })
  expect(list.getSnapshot().map(({ state }) => state)).toEqual([
    ...['failed', 'failed', 'done', 'done', 'failed'],
  ])
  list.removeAll()
  expect(list.getSnapshot()).toEqual([])
})

it('replaces what runs: the earlier upload is cancelled and not shown', async () => {
  const options = await buildOptions()
  const list = createUploadList(() => options)
  const first = list.replace(createFile(10, 'first.txt', 'text/plain'))
  const second = list.replace(createFile(10, 'second.txt', 'text/plain'))
  await expect(first).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await second).toMatchObject({ delivery: 'done' })
  expect(list.getSnapshot()).toMatchObject([{ name: 'second.txt', state: 'done' }])
})

it('cancels at the end of its component only when it was asked to', async () => {
  const options = await buildOptions()
  for (const abortOnUnmount of [false, true]) {
    const list = createUploadList(() => ({ ...options, abortOnUnmount }))
    const outcome = list.add(createFile(10, 'a.txt', 'text/plain'))
    list.unmount()
    const [one] = await outcome
    expect(one?.status).toBe(abortOnUnmount ? 'rejected' : 'fulfilled')
  }
})
