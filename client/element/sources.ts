/**
 * Two more ways into the element, for devices without drop and Ctrl-V: a button for the camera, one for the clipboard. Loaded where the element has
 * the attribute `capture` or `clipboard`.
 */
import { findLanguage, make, makeButton } from './dom.ts'
import type { SourceTextName, Words } from './texts.ts'

const DEFAULTS: Readonly<Record<SourceTextName, readonly [english: string, chinese: string]>> = {
  capture: ['Use the camera', '使用相机'],
  paste: ['Paste', '粘贴'],
  noClipboard: ['The clipboard cannot be read.', '无法读取剪贴板。'],
}

/** What a clipboard holds beside texts. */
const PICTURE = /^image\/[\w.+-]+$/

const CSS = `
[part=camera],[part=paste]{border:1px solid}
:host(:not([capture])) [part=camera],:host(:not([clipboard])) [part=paste]{display:none}`

export interface SourceHost extends HTMLElement {
  add(files: Iterable<File>): void
}

/** Zone → shows its buttons. */
const zones = new WeakMap<HTMLElement, (words: Words) => void>()

/** Shows the buttons as the attributes and the words are now. Call it after each change of them. */
export function showSources(host: SourceHost, zone: HTMLElement, words: Words): void {
  const show = zones.get(zone) ?? createSources(host, zone)
  zones.set(zone, show)
  show(words)
}

function createSources(host: SourceHost, zone: HTMLElement): (words: Words) => void {
  const { shadowRoot } = host
  const choose = zone.querySelector('button')
  let words: Words
  const say = (name: SourceTextName) =>
    words.say(name) || DEFAULTS[name][/^zh/i.test(findLanguage(host)) ? 1 : 0]

  /** Where the element shows what is wrong with files. */
  function report(problem: string): void {
    shadowRoot?.querySelector('[part=problems]')?.replaceChildren(make('li', 'problem', problem))
    const status = shadowRoot?.querySelector('output')
    if (status) status.textContent = problem
  }

  async function addPasted(): Promise<void> {
    try {
      const files = await readClipboard()
      if (files.length) host.add(files)
      else report(words.say('noFiles'))
    } catch {
      // Refused by the user or by a policy of the page.
      report(say('noClipboard'))
    }
  }

  const input = make('input', 'camera-input')
  const camera = makeButton('camera', '', () => input.click())
  const paste = makeButton('paste', '', () => void addPasted())
  input.type = 'file'
  input.hidden = true
  input.onchange = () => {
    host.add(input.files ?? [])
    input.value = ''
  }
  // Where the browser does not know the attribute, the button would open the file dialog once more.
  camera.hidden = !('capture' in input)
  paste.hidden = !navigator.clipboard?.read
  choose?.after(camera, paste, input)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(CSS)
  shadowRoot?.adoptedStyleSheets.push(sheet)

  return (now) => {
    words = now
    input.setAttribute('capture', host.getAttribute('capture') || 'environment')
    input.accept = host.getAttribute('accept') || 'image/*'
    camera.textContent = say('capture')
    paste.textContent = say('paste')
    camera.disabled = paste.disabled = choose?.disabled ?? false
  }
}

/** The pictures of the clipboard. @throws the browser's error where it may not be read */
async function readClipboard(): Promise<File[]> {
  const files: File[] = []
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((name) => PICTURE.test(name))
    if (!type) continue
    const extension = type.slice('image/'.length).replace('jpeg', 'jpg').replace(/\W.*/, '')
    files.push(new File([await item.getType(type)], `image.${extension}`, { type }))
  }
  return files
}
