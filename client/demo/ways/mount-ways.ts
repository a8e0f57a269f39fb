/** The four ways in the page: a script of its own, because React and Uppy are larger than all the rest. */
import type { Uppy } from '@uppy/core'
import english from '@uppy/locales/lib/en_US.js'
import chinese from '@uppy/locales/lib/zh_CN.js'
import type { UploadOptions } from '../../index.ts'
import { startElement } from './element.ts'
import { startPlain } from './plain.ts'
import { startReact } from './react.tsx'
import { startUppy } from './uppy.ts'

export const WAY_NAMES = ['plain', 'element', 'uppy', 'react'] as const
export type WayName = (typeof WAY_NAMES)[number]

/** With what the element has beyond the client's: its style for pictures. */
export type WayOptions = Parameters<typeof startElement>[1]

/** Uploads one more file the same way as if it had been chosen there. */
export type SendFile = (file: File) => void

function chooseIn(root: ParentNode, file: File): void {
  const input = root.querySelector('input')
  if (!input) return
  const data = new DataTransfer()
  data.items.add(file)
  input.files = data.files
  input.dispatchEvent(new Event('change', { bubbles: true }))
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  element.append(...children)
  return element
}

/** Its text follows the page's language. */
function makeLabel(): HTMLLabelElement {
  const text = make('span')
  text.dataset.text = 'wayFile'
  return make('label', text)
}

function mountPlain(root: HTMLElement, options: UploadOptions): SendFile {
  const label = makeLabel()
  const input = make('input')
  input.type = 'file'
  label.append(input)
  const bar = make('progress')
  Object.assign(bar, { max: 100, value: 0 })
  bar.dataset.label = 'wayProgress'
  root.replaceChildren(label, bar, make('output'))
  startPlain(root, options)
  return (file) => chooseIn(root, file)
}

function mountElement(root: HTMLElement, options: WayOptions): SendFile {
  startElement(root, options)
  return (file) => root.querySelector('oss-upload')?.add([file])
}

/** Uppy has texts of its own: they follow the page's language, now and when it changes. */
function followLanguage(uppy: Uppy): void {
  const { documentElement: page } = document
  const show = () => uppy.setOptions({ locale: page.lang.startsWith('zh') ? chinese : english })
  new MutationObserver(show).observe(page, { attributes: true, attributeFilter: ['lang'] })
  show()
}

function mountUppy(root: HTMLElement, options: UploadOptions): SendFile {
  const uppy = startUppy(root, options)
  followLanguage(uppy)
  return (data) => {
    const { name, type } = data
    // The same file again is a new upload.
    for (const file of uppy.getFiles()) if (file.name === name) uppy.removeFile(file.id)
    uppy.addFile({ name, type, data })
  }
}

function mountReact(root: HTMLElement, options: UploadOptions): SendFile {
  const label = makeLabel()
  label.htmlFor = 'files'
  const page = make('div')
  root.replaceChildren(label, page)
  startReact(page, options)
  return (file) => chooseIn(root, file)
}

export const MOUNTS: Readonly<
  Record<WayName, (root: HTMLElement, options: WayOptions) => SendFile>
> = { plain: mountPlain, element: mountElement, uppy: mountUppy, react: mountReact }
