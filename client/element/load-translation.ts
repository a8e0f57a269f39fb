/** The words of an element, whose language may have to be loaded. */
import { createWords, type Texts, type Translation, type Words } from './texts.ts'

/** English, and Chinese in the characters of the mainland. */
const BUILT_IN = /^(en|zh(-cn|-hans|$))/i

/**
 * @param onLoad a translation has come: the words are to be asked for again. Until then, and where it cannot be loaded,
 *   they are the element's own
 */
export function createWordSource(onLoad: () => void): (language: string, own: Texts) => Words {
  let current = ''
  let translation: Translation | undefined
  return (language, own) => {
    if (language !== current) {
      current = language
      translation = undefined
      if (!BUILT_IN.test(language)) {
        import('./languages.ts')
          .then(async ({ loadLanguage }) => {
            const found = await loadLanguage(language)
            // Another language may have been set meanwhile.
            if (!found || language !== current) return
            translation = found
            onLoad()
          })
          .catch(() => {})
      }
    }
    return createWords(language, own, translation)
  }
}
