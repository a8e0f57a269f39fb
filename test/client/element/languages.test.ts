import { describe, expect, it } from 'vitest'
import { LANGUAGE_NAMES, loadLanguage } from '../../../client/element/languages.ts'
import { createWords, type TextName } from '../../../client/element/texts.ts'

const english = createWords('en')
const NAMES = Object.keys((await loadLanguage('de'))?.texts ?? {}) as TextName[]
/** Of `sources.ts`. */
const SOURCE_TEXTS: Record<string, string> = {
  capture: 'Use the camera',
  paste: 'Paste',
  noClipboard: 'The clipboard cannot be read.',
}
/** As given: with this, a placeholder is filled with its own name. */
const SELF = new Proxy({}, { get: (_, name) => `{${String(name)}}` })

const listHoles = (text: string) => [...text.matchAll(/\{\w+\}/g)].flat().sort()

/** Letters that a text of the language has, and others have not. */
const SCRIPTS: Record<string, RegExp> = {
  ar: /\p{Script=Arabic}/u,
  ja: /\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Han}/u,
  ko: /\p{Script=Hangul}/u,
  'zh-tw': /\p{Script=Han}/u,
}

it('are eight beside English and Chinese', () => {
  expect(LANGUAGE_NAMES).toEqual(['ar', 'de', 'es', 'fr', 'ja', 'ko', 'pt', 'zh-tw'])
})

describe.each(LANGUAGE_NAMES)('the language %s', (name) => {
  it('has every text, with the placeholders of the English text', async () => {
    const language = await loadLanguage(name)
    expect(Object.keys(language?.texts ?? {}).sort()).toEqual([...NAMES].sort())
    for (const [key, text] of Object.entries(language?.texts ?? {})) {
      const original = english.say(key as TextName, SELF) || SOURCE_TEXTS[key] || ''
      expect(original, key).not.toBe('')
      expect(listHoles(text), key).toEqual(listHoles(original))
      expect(text.trim(), key).toBe(text)
      expect(/[.。]$/.test(text), `${key} is a sentence`).toBe(/\.$/.test(original))
      expect(text.replace(/\{\w+\}/g, ''), key).toMatch(SCRIPTS[name] ?? /\p{Script=Latin}/u)
    }
  })

  it('is a translation of its own', async () => {
    const { texts } = (await loadLanguage(name)) ?? { texts: null }
    const same = NAMES.filter((key) => texts?.[key] === english.say(key, SELF))
    // German says `Offline` and `Uploads` too.
    expect(same.length, same.join()).toBeLessThanOrEqual(2)
    for (const other of LANGUAGE_NAMES.filter((one) => one !== name)) {
      expect((await loadLanguage(other))?.texts).not.toEqual(texts)
    }
  })

  it('formats numbers by a locale that the browser knows', async () => {
    const { locale = '' } = (await loadLanguage(name)) ?? {}
    expect(Intl.NumberFormat.supportedLocalesOf(locale)).toEqual([locale])
    expect(createWords(name, {}, await loadLanguage(name)).size(1500)).toMatch(/^1[.,]5/)
  })
})

it.each([
  ['pt-BR', 'pt'],
  ['de_AT', 'de'],
  ['DE', 'de'],
  ['ja-JP-u-ca-japanese', 'ja'],
  ['zh-TW', 'zh-TW'],
  ['zh_hk', 'zh-TW'],
  ['zh-MO', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh-Hant-CN', 'zh-TW'],
  ['ar-EG', 'ar-u-nu-latn'],
  ['zh-SG', undefined],
  ['zh-Hans-SG', undefined],
  ['fi', undefined],
  ['deu', undefined],
  ['', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
])('finds for %s the language %s', async (tag, locale) => {
  expect((await loadLanguage(tag))?.locale).toBe(locale)
})

it('writes Arabic alone from right to left', async () => {
  const all = await Promise.all(LANGUAGE_NAMES.map(loadLanguage))
  expect(all.flatMap((one) => (one?.dir ? [one.locale, one.dir] : []))).toEqual([
    'ar-u-nu-latn',
    'rtl',
  ])
})
