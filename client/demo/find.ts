/** @throws when the page lacks the element */
export function find<Kind extends Element>(
  parent: ParentNode,
  selector: string,
  kind: new () => Kind,
): Kind {
  const found = parent.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`)
  return found
}

/** A copy of the list item in a template. */
export function stamp(template: string): HTMLElement {
  const { content } = find(document, template, HTMLTemplateElement)
  const copy = content.cloneNode(true)
  if (!(copy instanceof DocumentFragment)) throw new Error(`${template} is empty.`)
  return find(copy, 'li', HTMLElement)
}

/** @throws with the address and the status of an error */
export async function fetchJson<Data>(path: string, body?: object): Promise<Data> {
  const init = body && {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path} responded with ${response.status}.`)
  return response.json()
}

/** Removes an item of a list. A keyboard that was in it stays at the list. */
export function removeItem(item: HTMLElement): void {
  const list = item.closest<HTMLElement>('.scroll')
  const hadFocus = item.contains(document.activeElement)
  item.remove()
  if (hadFocus) list?.focus()
}
