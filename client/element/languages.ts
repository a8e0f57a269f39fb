/** The further languages of the element, each in a file of its own. English and Chinese (mainland) are in the element. */
import type { Translation } from './texts.ts'

/** By the first subtag of BCP 47. */
const LANGUAGES: Readonly<Record<string, () => Promise<Translation>>> = {
  ar: () => import('./languages/ar.ts').then(({ ar }) => ar),
  de: () => import('./languages/de.ts').then(({ de }) => de),
  es: () => import('./languages/es.ts').then(({ es }) => es),
  fr: () => import('./languages/fr.ts').then(({ fr }) => fr),
  ja: () => import('./languages/ja.ts').then(({ ja }) => ja),
  ko: () => import('./languages/ko.ts').then(({ ko }) => ko),
  pt: () => import('./languages/pt.ts').then(({ pt }) => pt),
  'zh-tw': () => import('./languages/zh-tw.ts').then(({ zhTw }) => zhTw),
}

/** Chinese in traditional characters: by script, or by a place that writes them. */
const TRADITIONAL = /^zh.*-(hant|tw|hk|mo)\b/

/** All that can be loaded, e.g. `de`. */
export const LANGUAGE_NAMES = Object.keys(LANGUAGES)

/** @param language BCP 47, e.g. `pt-BR`; `_` counts as `-`. @returns undefined for a language without texts */
export async function loadLanguage(language: string): Promise<Translation | undefined> {
  const tag = language.toLowerCase().replaceAll('_', '-')
  const name = TRADITIONAL.test(tag) ? 'zh-tw' : tag.split('-', 1).join()
  return Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name]?.() : undefined
}
