/** The page's texts by language. The dev server writes them into the HTML; the script changes them. */
import { ENGLISH, type TextName } from './texts-en.ts'
import { CHINESE } from './texts-zh.ts'

export type { TextName }
export type Language = 'en' | 'zh-CN'

/** @param wanted a language, or a list of them as in `Accept-Language` */
export function chooseLanguage(wanted: string): Language {
  const [, first = 'en'] = /(?:^|,)\s*(en|zh)\b/i.exec(wanted) ?? []
  return first.toLowerCase() === 'zh' ? 'zh-CN' : 'en'
}

/** @throws when there is no such text */
export function findText(language: Language, name: string): string {
  const texts: Readonly<Record<string, string>> = language === 'en' ? ENGLISH : CHINESE
  const text = texts[name]
  if (text === undefined) throw new Error(`The page has no text ${name}.`)
  return text
}
