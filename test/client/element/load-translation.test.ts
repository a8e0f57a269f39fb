import { expect, it, vi } from 'vitest'
import { createWordSource } from '../../../client/element/load-translation.ts'

const SLOW = { timeout: 10_000 }

it('has its own texts at once, and those of a translation when they are loaded', async () => {
  const onLoad = vi.fn()
  const find = createWordSource(onLoad)
  expect(find('ja', {}).say('retry')).toBe('Try again')
  await vi.waitFor(() => expect(onLoad).toHaveBeenCalledTimes(1), SLOW)
  expect(find('ja', {}).say('retry')).toBe('再試行')
  expect(find('ja', { retry: 'Own' }).say('retry')).toBe('Own')
  // Asked for again and again, it is loaded once.
  expect(onLoad).toHaveBeenCalledTimes(1)
})

it('shows traditional Chinese in the characters of the mainland until it is loaded', async () => {
  const onLoad = vi.fn()
  const find = createWordSource(onLoad)
  expect(find('zh-TW', {}).say('idle')).toBe('等待中')
  expect(find('zh-TW', {}).say('choose')).toBe('选择文件')
  await vi.waitFor(() => expect(onLoad).toHaveBeenCalled(), SLOW)
  expect(find('zh-TW', {}).say('choose')).toBe('選擇檔案')
})

it('shows the language that was asked for last, whatever comes first', async () => {
  const onLoad = vi.fn()
  const find = createWordSource(onLoad)
  find('de', {})
  find('ko', {})
  await vi.waitFor(() => expect(onLoad).toHaveBeenCalled(), SLOW)
  expect(find('ko', {}).say('paused')).toBe('일시 중지됨')
  // Back in a language of the element itself, nothing of the translation is left.
  expect(find('en', {}).say('paused')).toBe('Paused')
  expect(find('zh-CN', {}).say('paused')).toBe('已暂停')
  expect(onLoad).toHaveBeenCalledTimes(1)
})

it('is in English where there is no translation', async () => {
  const onLoad = vi.fn()
  const find = createWordSource(onLoad)
  for (const language of ['fi', '', 'x', 'not a language', 'en-GB']) {
    expect(find(language, {}).say('retry')).toBe('Try again')
  }
  find('de', {})
  await vi.waitFor(() => expect(onLoad).toHaveBeenCalledTimes(1), SLOW)
})
