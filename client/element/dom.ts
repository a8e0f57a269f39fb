/** Nodes built without HTML text: no text can be read as markup, and Trusted Types policies allow it. */

/** An element with its CSS part; children given as strings become text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  part: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  node.setAttribute('part', part)
  node.append(...children)
  return node
}

export function makeButton(part: string, text: string, onClick: () => void): HTMLButtonElement {
  const button = make('button', part, text)
  button.type = 'button'
  button.onclick = onClick
  return button
}

/** The language of an element: of the nearest ancestor with `lang`, else of the browser. */
export function findLanguage(element: Element): string {
  const named = element.closest<HTMLElement>('[lang]') ?? document.documentElement
  return named.lang || navigator.language
}
