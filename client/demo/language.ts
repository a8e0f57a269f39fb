/** The page's language: what the server has written, until someone chooses another. */
import { chooseLanguage, findText, type Language, type TextName } from './texts.ts'

const listeners = new Set<() => void>()

export function getLanguage(): Language {
  return chooseLanguage(document.documentElement.lang)
}

/** @param values for the names in braces */
export function say(name: TextName, values: Record<string, string | number> = {}): string {
  return findText(getLanguage(), name).replace(/\{(\w+)\}/g, (_, key) => `${values[key]}`)
}

/** Calls it now, and again in each other language. @returns how to stop it */
export function onLanguage(show: () => void): () => void {
  listeners.add(show)
  show()
  return () => listeners.delete(show)
}

/** The text of an element, in each language from now on. */
export function setText(element: Element, name: TextName): void {
  element.setAttribute('data-text', name)
  element.textContent = say(name)
}

function findNames(root: ParentNode, attribute: string): [Element, TextName][] {
  return [...root.querySelectorAll(`[${attribute}]`)].map((element) => [
    element,
    (element.getAttribute(attribute) ?? '') as TextName,
  ])
}

function showLanguage(): void {
  for (const button of document.querySelectorAll('[data-language]')) {
    const isChosen = button.getAttribute('data-language') === getLanguage()
    button.setAttribute('aria-pressed', String(isChosen))
  }
}

/** Of every element that names its text or its label. */
export function showTexts(root: ParentNode): void {
  for (const [element, name] of findNames(root, 'data-text')) element.textContent = say(name)
  for (const [element, name] of findNames(root, 'data-label')) element.ariaLabel = say(name)
}

function change(language: Language): void {
  document.documentElement.lang = language
  showTexts(document)
  // Kept by a reload, and by whoever gets the address.
  const address = new URL(location.href)
  address.searchParams.set('lang', language)
  history.replaceState(null, '', address)
  for (const show of listeners) show()
}

export function createLanguageSwitch(): void {
  for (const button of document.querySelectorAll('[data-language]')) {
    const language = chooseLanguage(button.getAttribute('data-language') ?? '')
    button.addEventListener('click', () => change(language))
  }
  onLanguage(showLanguage)
}
