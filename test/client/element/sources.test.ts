/** Buttons for camera and clipboard in the element; the real clipboard of Chromium is in test/examples.node.test.ts. */
import axe from 'axe-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import '../../../client/element.ts'
import { LANGUAGE_NAMES, loadLanguage } from '../../../client/element/languages.ts'
import type { OssUploadElement } from '../../../client/element.ts'

const SLOW = { timeout: 10_000 }
const PNG = new Blob(['png'], { type: 'image/png' })

let element: OssUploadElement
let added: File[]

/** Camera buttons are for devices that know the attribute. */
function setCamera(isThere: boolean): void {
  if (isThere)
    Object.defineProperty(HTMLInputElement.prototype, 'capture', { configurable: true, value: '' })
  else Reflect.deleteProperty(HTMLInputElement.prototype, 'capture')
}

function show(attributes: Record<string, string>): void {
  element = document.createElement('oss-upload')
  element.lang = 'en'
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.addEventListener('upload-add', (event) => {
    event.preventDefault()
    added.push(event.detail.file)
  })
  document.body.append(element)
}

const find = <Kind extends HTMLElement = HTMLButtonElement>(part: string) =>
  element.shadowRoot?.querySelector<Kind>(`[part=${part}]`)
const isShown = (part: string) => (find(part)?.getClientRects().length ?? 0) > 0

async function waitFor(part: string): Promise<HTMLButtonElement> {
  await vi.waitFor(() => expect(isShown(part)).toBe(true), SLOW)
  const button = find(part)
  if (!button) throw new Error(`There is no ${part}.`)
  return button
}

const setClipboard = (read: () => Promise<ClipboardItem[]>) =>
  vi.spyOn(navigator.clipboard, 'read').mockImplementation(read)

beforeEach(() => {
  added = []
  document.documentElement.lang = 'en'
})
afterEach(() => {
  element.remove()
  vi.restoreAllMocks()
  setCamera(false)
})

describe('the button for the clipboard', () => {
  it('adds its pictures by the rules of the element, and leaves texts', async () => {
    setClipboard(async () => [
      new ClipboardItem({ 'text/plain': new Blob(['words'], { type: 'text/plain' }) }),
      new ClipboardItem({ 'image/png': PNG }),
    ])
    show({ clipboard: '', accept: 'image/*' })
    const button = await waitFor('paste')
    expect(button.textContent).toBe('Paste')
    expect(isShown('camera')).toBe(false)
    button.click()
    await vi.waitFor(() => expect(added).toHaveLength(1))
    expect([added[0]?.name, added[0]?.type, await added[0]?.text()]).toEqual([
      'image.png',
      'image/png',
      'png',
    ])
    element.setAttribute('accept', '.pdf')
    button.click()
    await vi.waitFor(() =>
      expect(find('problems')?.textContent).toMatch(/^image.png: Not accepted/),
    )
    expect(added).toHaveLength(1)
  })

  it.each([
    ['has no picture', async () => [], 'There are no files in it.'],
    [
      'may not be read',
      () => Promise.reject(new DOMException('no', 'NotAllowedError')),
      'The clipboard cannot be read.',
    ],
  ])('says that it %s', async (_, read, text) => {
    setClipboard(read)
    show({ clipboard: '' })
    ;(await waitFor('paste')).click()
    await vi.waitFor(() => expect(find('problems')?.textContent).toBe(text))
    expect(find('status')?.textContent).toBe(text)
    expect(added).toEqual([])
  })

  it('comes and goes with its attribute, and is off when the element is', async () => {
    show({})
    expect(find('paste')).toBeNull()
    element.setAttribute('clipboard', '')
    const button = await waitFor('paste')
    element.disabled = true
    await vi.waitFor(() => expect(button.disabled).toBe(true))
    element.disabled = false
    await vi.waitFor(() => expect(button.disabled).toBe(false))
    element.removeAttribute('clipboard')
    expect(isShown('paste')).toBe(false)
    element.setAttribute('clipboard', '')
    await waitFor('paste')
    expect(element.shadowRoot?.querySelectorAll('[part=paste]')).toHaveLength(1)
  })
})

describe('the button for the camera', () => {
  it('opens an input of its own, and adds what was taken', async () => {
    setCamera(true)
    show({ capture: 'user', accept: 'video/*', multiple: '' })
    const button = await waitFor('camera')
    expect(button.textContent).toBe('Use the camera')
    const input = find<HTMLInputElement>('camera-input')
    if (!input) throw new Error('There is no input.')
    expect([input.getAttribute('capture'), input.accept, input.multiple]).toEqual([
      'user',
      'video/*',
      false,
    ])
    const click = vi.spyOn(input, 'click').mockImplementation(() => {})
    button.click()
    expect(click).toHaveBeenCalledTimes(1)
    const data = new DataTransfer()
    data.items.add(new File(['film'], '影片.mp4', { type: 'video/mp4' }))
    input.files = data.files
    input.dispatchEvent(new Event('change'))
    expect(added.map(({ name }) => name)).toEqual(['影片.mp4'])
    expect(input.value).toBe('')
    // The input for files has no camera: it still opens the list of files.
    expect(find('input')?.hasAttribute('capture')).toBe(false)
  })

  it('uses the camera at the back for pictures, unless the page says otherwise', async () => {
    setCamera(true)
    show({ capture: '' })
    await waitFor('camera')
    const input = find<HTMLInputElement>('camera-input')
    expect([input?.getAttribute('capture'), input?.accept]).toEqual(['environment', 'image/*'])
  })

  it('is not shown by a browser without one', async () => {
    show({ capture: '', clipboard: '' })
    await waitFor('paste')
    expect(isShown('camera')).toBe(false)
  })
})

it('speaks the language of the element, with words of the page', async () => {
  setCamera(true)
  show({ capture: '', clipboard: '' })
  await waitFor('camera')
  const read = () => [find('camera')?.textContent, find('paste')?.textContent]
  element.lang = 'zh-CN'
  await vi.waitFor(() => expect(read()).toEqual(['使用相机', '粘贴']))
  for (const name of LANGUAGE_NAMES) {
    element.lang = name
    const { texts } = (await loadLanguage(name)) ?? {}
    await vi.waitFor(() => expect(read()).toEqual([texts?.capture, texts?.paste]), SLOW)
  }
  element.texts = { paste: 'Own words' }
  await vi.waitFor(() => expect(read()[1]).toBe('Own words'))
})

it('has no barrier that axe can find', async () => {
  setCamera(true)
  show({ capture: '', clipboard: '' })
  await waitFor('camera')
  const { violations } = await axe.run(element)
  expect(violations).toEqual([])
})
