import { describe, expect, it } from 'vitest'
import { ar } from '../../../client/element/languages/ar.ts'
import { createWords, type TextName } from '../../../client/element/texts.ts'
import { UploadError } from '../../../client/http/errors.ts'

const NAMES: Record<TextName, true> = {
  ...{ choose: true, chooseOne: true, chooseFolder: true, drop: true, list: true },
  ...{
    cancel: true,
    remove: true,
    retry: true,
    idle: true,
    preparing: true,
    TRANSFORM_FAILED: true,
    paused: true,
    uploading: true,
    offline: true,
  },
  ...{
    done: true,
    stored: true,
    left: true,
    tooLarge: true,
    tooMany: true,
    settled: true,
    busy: true,
  },
  ...{
    retrying: true,
    failed: true,
    refused: true,
    wrongType: true,
    noFiles: true,
    network: true,
    CONFIRM_FAILED: true,
  },
}

describe.each(['en', 'zh'])('the words of %s', (language) => {
  const words = createWords(language)
  it.each(Object.keys(NAMES) as TextName[])('have %s', (name) => {
    expect(words.say(name)).not.toBe('')
    expect(/[\u4e00-\u9fff]/.test(words.say(name))).toBe(language === 'zh')
  })
})

it('speaks Chinese in all its lands, and English elsewhere, until a translation is loaded', () => {
  const first = (language: string) => createWords(language).say('retry')
  expect(['zh', 'zh-CN', 'ZH-hant', 'en-GB', 'fr', ''].map(first)).toEqual([
    ...['重试', '重试', '重试', 'Try again', 'Try again', 'Try again'],
  ])
})

it('takes everything from a translation but the texts of the page', () => {
  const { say, size, time, dir } = createWords('zh-TW', { retry: 'Once more' }, ar)
  expect([say('retry'), say('paused'), say('left', { time: '5' })]).toEqual([
    'Once more',
    'متوقف مؤقتًا',
    'متبقٍ 5',
  ])
  expect([dir, createWords('ar').dir]).toEqual(['rtl', ''])
  // Digits as in percentages, with the units of the language.
  expect([size(1500), time(12)].map((text) => text.replace(/[^\d.]/g, ''))).toEqual(['1.5', '12'])
  expect(size(3)).toMatch(/[\u0600-\u06ff]/)
})

it('fills holes, with a name that looks like a pattern too', () => {
  const { say } = createWords('en')
  expect(say('cancel', { name: '$& {size}' })).toBe('Cancel $& {size}')
})

it('knows no words for other states', () => {
  expect(createWords('en').say('signing')).toBe('')
})

it('counts bytes and time as people read them', () => {
  const { size, time } = createWords('en')
  expect([0, 999, 1500, 15_400, 5e6, 2 ** 40, 5e15].map(size)).toEqual([
    ...['0 bytes', '999 bytes', '1.5 kB', '15 kB', '5 MB', '1.1 TB', '5,000 TB'],
  ])
  expect([0.2, 59, 90].map(time)).toEqual(['1 sec', '59 sec', '1.5 min'])
  expect(createWords('zh').time(12)).toBe('12秒')
})

it.each([
  ['NETWORK', { retryable: true }, 'The connection failed. (NETWORK)'],
  ['PROFILE_UNKNOWN', { status: 404 }, 'This file is not accepted. (PROFILE_UNKNOWN)'],
  ['HTTP_407', { status: 407 }, 'An upload failed. (HTTP_407)'],
  ['BAD_RESPONSE', { status: 200 }, 'An upload failed. (BAD_RESPONSE)'],
  ['HTTP_502', { status: 502, retryable: true }, 'The connection failed. (HTTP_502)'],
  ['CONFIRM_FAILED', { retryable: true }, 'Uploaded, but not confirmed. (CONFIRM_FAILED)'],
  ['UNEXPECTED', {}, 'An upload failed. (UNEXPECTED)'],
  ['MINE', { status: 400 }, 'My word. (MINE)'],
])('explains %s', (code, facts, text) => {
  const { explain } = createWords('en', { MINE: 'My word.' })
  expect(explain(new UploadError(code, 'send', { retryable: false, ...facts }))).toBe(text)
})
