/** In the real element: pictures of files, and of what the local OSS has stored, by the service's `objects`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { showPictures } from '../../../client/element/picture.ts'
import { type Entry, OssUploadElement } from '../../../client/element.ts'
import { askBackend, buildOptions } from '../../support/browser-page.ts'
import { paint } from '../../support/photo.ts'

let element: OssUploadElement

beforeEach(() => askBackend('reset'))
afterEach(() => {
  element.remove()
  vi.restoreAllMocks()
})

async function show(attributes: Record<string, string> = {}): Promise<void> {
  const { endpoint, headers } = await buildOptions()
  element = new OssUploadElement()
  for (const [name, value] of Object.entries({
    ...{ endpoint, profile: 'photos', multiple: '' },
    ...attributes,
  })) {
    element.setAttribute(name, value)
  }
  element.headers = headers
  document.body.append(element)
}

const paintFile = async (name: string, type = 'image/png') =>
  new File([await paint(80, 40, type)], name, { type })

async function add(...files: File[]): Promise<void> {
  const settled = new Promise((resolve) => {
    element.addEventListener('uploads-settled', resolve, { once: true })
  })
  element.add(files)
  await settled
}

const thumbs = () => [...(element.shadowRoot?.querySelectorAll('[part=thumb]') ?? [])]
/** Width of the pictures that are shown, or the text in their place. */
const read = () =>
  thumbs().map((thumb) => thumb.querySelector('img')?.naturalWidth ?? thumb.textContent)
const countAsked = (fetched: { mock: { calls: unknown[][] } }) =>
  fetched.mock.calls.filter(([url]) => String(url).includes('/objects/url')).length

describe('without thumbnails', () => {
  it('shows the files themselves, keeps no address of them, and asks for nothing', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const [create, revoke] = [vi.spyOn(URL, 'createObjectURL'), vi.spyOn(URL, 'revokeObjectURL')]
    await show()
    const svg = new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'a.svg', {
      type: 'image/svg+xml',
    })
    const broken = new File(['no picture'], 'b.png', { type: 'image/png' })
    await add(await paintFile('夏天.png'), svg, broken)
    await expect.poll(read).toEqual([80, 'svg', 'png'])
    const addresses = create.mock.results.filter(
      (_, at) => create.mock.calls[at]?.[0] instanceof File,
    )
    expect(addresses).toHaveLength(2)
    for (const { value } of addresses) {
      await expect.poll(() => revoke.mock.calls.flat()).toContain(value)
    }
    expect(thumbs()[0]?.querySelector('img')?.alt).toBe('')
    expect(countAsked(fetched)).toBe(0)
  })
})

describe('with thumbnails', () => {
  it('shows what OSS makes of the stored pictures, each asked for once', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await show({ thumbnails: 'thumb' })
    const text = new File(['a'], 'a.jpg', { type: 'image/jpeg' })
    await add(await paintFile('夏天.png'), await paintFile('b.jpg', 'image/jpeg'), text)
    await expect.poll(read).toEqual([40, 40, 'jpg'])
    element.texts = { choose: 'Again' }
    await add(await paintFile('c.webp', 'image/webp'))
    await expect.poll(read).toEqual([40, 40, 'jpg', 40])
    expect(countAsked(fetched)).toBe(4)
  })

  it('shows them for entries that the browser has restored, which have no file', async () => {
    await show()
    await add(await paintFile('a.png'))
    const state = JSON.stringify(element.entries.map(({ file: _, upload: __, ...rest }) => rest))
    element.remove()
    await show({ thumbnails: 'thumb' })
    element.formStateRestoreCallback(state)
    await expect.poll(read).toEqual([40])
  })

  it('are shown for what is there already, once the attribute is', async () => {
    await show()
    await add(await paintFile('a.png'))
    element.setAttribute('thumbnails', 'thumb')
    await expect.poll(read).toEqual([40])
  })

  it.each([
    ['unknown', 'the bucket cannot process it so'],
    ['none', 'the service has no such style'],
  ])('keeps the picture of the file with the style %s: %s', async (style) => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await show({ thumbnails: style })
    const files = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name) => paintFile(`${name}.png`)),
    )
    await add(...files)
    await expect.poll(read).toEqual([80, 80, 80, 80, 80])
    // After three in a row it gives up.
    await expect.poll(() => countAsked(fetched)).toBe(3)
    await add(await paintFile('f.png'))
    await expect.poll(read).toEqual([80, 80, 80, 80, 80, 80])
    expect(countAsked(fetched)).toBe(3)
    // Another style counts anew.
    element.setAttribute('thumbnails', 'thumb')
    await expect.poll(read).toEqual([40, 40, 40, 40, 40, 40])
  })

  it('is not asked for a row that was removed', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await show()
    const entry = { name: 'a.png', type: 'image/png', result: { key: 'k' } } as unknown as Entry
    const root = document.createElement('div').attachShadow({ mode: 'open' })
    const thumb = root.appendChild(document.createElement('div'))
    thumb.setAttribute('part', 'thumb')
    const host = { shadowRoot: root, entries: [entry], getAttribute: () => 'thumb' }
    showPictures(host)
    thumb.remove()
    await new Promise((resolve) => setTimeout(resolve))
    expect(countAsked(fetched)).toBe(0)
  })
})
