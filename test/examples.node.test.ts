/**
 * The examples as they stand in `client/examples`, and `<oss-upload>` in whole pages: bundled as a reader's own tools would,
 * in a real Chromium, before the real service and local OSS.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileScript, parse } from 'vue/compiler-sfc'
import { bundleClient } from '../src/dev/build-client.ts'
import { bundleScript, createDevPages, type DevPages, PAGE_HEAD } from './support/dev-page.ts'

const START_MS = 60_000
const EXAMPLES = new URL('../client/examples/', import.meta.url)
const alias = { 'oss-upcall/client': './client/index.ts' }
const define = { 'process.env.NODE_ENV': '"production"', __VUE_PROD_DEVTOOLS__: 'false' }
const options = `{ endpoint: '', profile: 'anything', headers: async () =>
  ({ authorization: 'Bearer ' + (await (await fetch('/demo/token')).json()).token }) }`

let pages: DevPages
let folder: string

beforeAll(async () => {
  pages = await createDevPages()
  folder = await mkdtemp(join(tmpdir(), 'upcall-examples-'))
}, START_MS)

afterAll(async () => {
  await pages?.close()
  await rm(folder, { recursive: true, force: true })
})

const readExample = (name: string) => readFile(new URL(name, EXAMPLES), 'utf8')

function bundle(contents: string): Promise<string> {
  const stdin = { contents, resolveDir: '.', loader: 'ts' as const }
  return bundleScript({ stdin, alias, define, jsx: 'automatic' })
}

/** Path → code of everything that the service serves for pages. */
async function bundleFiles(): Promise<Record<string, string>> {
  const built = await bundleClient()
  return Object.fromEntries(
    built.flatMap(({ name, hashedName, code }) => [
      [`/${name}`, code],
      [`/${hashedName}`, code],
    ]),
  )
}

/** Uploads a text by the page's own input and reads it back from OSS. */
async function uploadAndRead(page: Page, where: string): Promise<string> {
  const buffer = Buffer.from('笔记 one')
  await page.locator('input').setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer })
  const news = page.locator(where)
  await expect.poll(() => news.textContent(), { timeout: 20_000 }).toMatch(/^Stored as /)
  expect(await page.locator('progress').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(100)
  const key = ((await news.textContent()) ?? '').replace('Stored as ', '')
  return (await fetch(`${pages.origin}/demo/object?key=${encodeURIComponent(key)}`)).text()
}

describe('the examples', () => {
  it.each(['plain.html', 'react.tsx', 'vue.vue'])('%s has under 40 lines', async (name) => {
    expect((await readExample(name)).split('\n').length).toBeLessThanOrEqual(40)
  })

  it('plain.html uploads by script tag', { timeout: START_MS }, async () => {
    const files = await bundleFiles()
    const faults: string[] = []
    const page = await pages.open(await readExample('plain.html'), files, { faults })
    expect(await uploadAndRead(page, '#news')).toBe('笔记 one')
    expect(faults).toEqual([])
    await page.close()
  })

  it('react.tsx uploads in React', { timeout: START_MS }, async () => {
    const script = await bundle(`import { createElement } from 'react'
      import { createRoot } from 'react-dom/client'
      import { UploadField } from './client/examples/react.tsx'
      createRoot(document.querySelector('main')).render(createElement(UploadField, ${options}))`)
    const faults: string[] = []
    const html = `${PAGE_HEAD}<main></main><script type="module" src="/own/page.js"></script>`
    const page = await pages.open(html, { '/own/page.js': script }, { faults })
    expect(await uploadAndRead(page, 'output')).toBe('笔记 one')
    expect(faults).toEqual([])
    await page.close()
  })

  it('vue.vue uploads in Vue', { timeout: START_MS }, async () => {
    const { descriptor, errors } = parse(await readExample('vue.vue'))
    expect(errors).toEqual([])
    const { content } = compileScript(descriptor, { id: 'example', inlineTemplate: true })
    const script = await bundle(`import { createApp } from 'vue'
      ${content.replace('export default', 'const Example =')}
      createApp(Example, { options: ${options} }).mount('main')`)
    const faults: string[] = []
    const html = `${PAGE_HEAD}<main></main><script type="module" src="/own/page.js"></script>`
    const page = await pages.open(html, { '/own/page.js': script }, { faults })
    expect(await uploadAndRead(page, 'p[role=status]')).toBe('笔记 one')
    expect(faults).toEqual([])
    await page.close()
  })
})

it('the element of docs/client.md works in a plain page, with a photo that has no type', {
  timeout: START_MS,
}, async () => {
  const text = await readFile('docs/client.md', 'utf8')
  const html = /```html\n(<script type="module".*?)```/s.exec(text)?.[1] ?? ''
  const own = html.replaceAll('https://uploads.example.com', pages.origin)
  const files = await bundleFiles()
  const script = `document.querySelector('oss-upload').headers = ${options}.headers`
  const faults: string[] = []
  const page = await pages.open(`${PAGE_HEAD}${own}<script>${script}</script>`, files, { faults })
  const photo = join(folder, 'IMG_1.HEIC')
  await writeFile(photo, 'photo')
  await page.locator('oss-upload input').setInputFiles(photo)
  await expect
    .poll(() => page.locator('oss-upload output').textContent(), { timeout: 20_000 })
    .toBe('Uploaded: 1. Failed: 0.')
  expect(faults).toEqual([])
  await page.close()
})

it('the built files load each other: Arabic texts, a thumbnail, and a picture that a worker makes smaller', {
  timeout: START_MS,
}, async () => {
  const files = await bundleFiles()
  const script = `import { prepare, resizeImage, stripGps } from '/transform.mjs'
    const RealWorker = Worker
    let workers = 0
    window.Worker = class extends RealWorker { constructor(url) { super(url); workers += 1 } }
    const canvas = new OffscreenCanvas(400, 200)
    canvas.getContext('2d')
    const blob = await canvas.convertToBlob({ type: 'image/jpeg' })
    const file = new File([blob], 'a.jpg', { type: 'image/jpeg' })
    const small = await prepare(file, [stripGps(), resizeImage({ maxWidth: 100 })])
    const { width, height } = await createImageBitmap(small)
    const element = document.querySelector('oss-upload')
    element.headers = ${options}.headers
    element.add([small])
    document.title = [width, height, workers].join()`
  const html = `${PAGE_HEAD}<script type="module" src="/element.mjs"></script>
    <oss-upload lang="ar" profile="anything"></oss-upload><script type="module">${script}</script>`
  const faults: string[] = []
  const page = await pages.open(html, files, { faults })
  const read = (selector: string) => page.locator(`oss-upload ${selector}`)
  await expect.poll(() => read('[part=choose]').textContent()).toBe('اختيار ملف')
  expect(await read('[part~=drop]').getAttribute('dir')).toBe('rtl')
  await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('100,50,1')
  await expect.poll(() => read('[part=thumb] img').count()).toBe(1)
  await expect.poll(() => read('[part~=done]').count(), { timeout: 20_000 }).toBe(1)
  expect(faults).toEqual([])
  await page.close()
})

it('the element pastes a picture from the real clipboard, by its button', {
  timeout: START_MS,
}, async () => {
  const files = await bundleFiles()
  const script = `document.querySelector('oss-upload').headers = ${options}.headers`
  const html = `${PAGE_HEAD}<script type="module" src="/element.mjs"></script>
    <oss-upload clipboard profile="anything"></oss-upload><script>${script}</script>`
  const context = { permissions: ['clipboard-read', 'clipboard-write'] }
  const faults: string[] = []
  const page = await pages.open(html, files, { context, faults })
  const paste = page.getByRole('button', { name: 'Paste' })
  await paste.waitFor()
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4, 4)
    canvas.getContext('2d')
    await navigator.clipboard.write([
      new ClipboardItem({ 'image/png': await canvas.convertToBlob() }),
    ])
  })
  await paste.click()
  await expect
    .poll(() => page.locator('oss-upload [part~=done] b').allTextContents())
    .toEqual(['image.png'])
  expect(faults).toEqual([])
  await page.close()
})

it('explain() says in a page over https that it cannot connect to an endpoint over http', {
  timeout: START_MS,
}, async () => {
  const script = await bundle(`import { upload } from './client/index.ts'
    import { explain } from './client/explain.ts'
    const running = upload(new File(['one'], 'a.txt'), { endpoint: 'http://uploads.example.com', profile: 'any', retryDelays: [] })
    running.catch((error) => { document.title = explain(error) })`)
  const page = await pages.browser.newPage()
  await page.route('https://page.example.com/**', (route) => {
    const isScript = route.request().url().endsWith('.js')
    const contentType = isScript ? 'text/javascript' : 'text/html'
    const html = `${PAGE_HEAD}<script type="module" src="/page.js"></script>`
    return route.fulfill({ contentType, body: isScript ? script : html })
  })
  await page.goto('https://page.example.com/')
  await expect.poll(() => page.title(), { timeout: 5000 }).toContain('begins with http.')
  await page.close()
})

describe('<oss-upload> in a page', { timeout: START_MS }, () => {
  const policy =
    "default-src 'none'; script-src 'self'; connect-src http://127.0.0.1:*; img-src blob: data:; style-src 'self'; form-action 'self'; require-trusted-types-for 'script'"
  let script: string
  beforeAll(async () => {
    script = await bundle(`import './client/element.ts'
      const element = document.querySelector('oss-upload')
      element.headers = ${options}.headers
      element.options = { checksum: false }`)
  })

  async function open(attributes: string, faults: string[] = []): Promise<Page> {
    const html = `${PAGE_HEAD}<form action="/own/sent"><label for="u">Photos</label>
      <oss-upload id="u" name="photos" profile="anything" multiple ${attributes}></oss-upload>
      <button>Send</button></form><script type="module" src="/own/page.js"></script>`
    const page = await pages.open(html, { '/own/page.js': script }, { faults, policy })
    await page.getByRole('button', { name: /Choose/ }).waitFor()
    return page
  }

  it('works under a strict policy and sends its keys with the form', {
    timeout: START_MS,
  }, async () => {
    const faults: string[] = []
    const page = await open('required', faults)
    const buffer = Buffer.from('one')
    const files = ['a.txt', 'b.txt'].map((name) => ({ name, mimeType: 'text/plain', buffer }))
    await page.locator('oss-upload input').setInputFiles(files)
    await expect
      .poll(() => page.locator('oss-upload output').textContent())
      .toBe('Uploaded: 2. Failed: 0.')
    expect(faults).toEqual([])
    const [request] = await Promise.all([
      page.waitForRequest(/\/own\/sent/),
      page.getByRole('button', { name: 'Send' }).click(),
    ])
    const keys = new URL(request.url()).searchParams.getAll('photos')
    expect(keys.length).toBe(2)
    expect(keys[0]).toMatch(/^anything\/demo-user\//)
    await page.close()
  })

  it('is a group with the label’s name; its parts have roles and names', async () => {
    const page = await open('max-size="5000000"')
    // Chromium's own tree: roles of ElementInternals are not in the markup.
    const session = await page.context().newCDPSession(page)
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    const names = nodes.map(({ role, name }) => `${role?.value}: ${name?.value}`)
    expect(names).toContain('group: Photos')
    expect(names).toContain('button: Choose files')
    const button = page.getByRole('button', { name: 'Choose files' })
    expect(nodes.find(({ name }) => name?.value === 'Choose files')?.description?.value).toBe(
      'or drop or paste here · ≤ 5 MB',
    )
    await page.locator('label').click()
    expect(await button.evaluate((node) => node.matches(':focus'))).toBe(true)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Send')
    expect(await page.locator('oss-upload').getByRole('status').count()).toBe(1)
    await page.close()
  })

  it('takes a folder that is really dropped', { timeout: START_MS }, async () => {
    await mkdir(join(folder, 'trip/day 1'), { recursive: true })
    await writeFile(join(folder, 'trip/map.txt'), 'map')
    await writeFile(join(folder, 'trip/day 1/照片.txt'), 'photo')
    const page = await open('')
    const box = await page.locator('oss-upload').boundingBox()
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: [join(folder, 'trip')], dragOperationsMask: 1 }
    const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20, data }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at })
    }
    await expect
      .poll(() => page.locator('oss-upload output').textContent())
      .toBe('Uploaded: 2. Failed: 0.')
    const names = await page.locator('oss-upload [part=name]').allTextContents()
    expect(names.toSorted()).toEqual(['map.txt', '照片.txt'])
    await page.close()
  })

  it('has a word for an empty folder that is dropped', { timeout: START_MS }, async () => {
    await mkdir(join(folder, 'empty'), { recursive: true })
    const page = await open('')
    const box = await page.locator('oss-upload').boundingBox()
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: [join(folder, 'empty')], dragOperationsMask: 1 }
    const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20, data }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at })
    }
    await expect
      .poll(() => page.locator('oss-upload [part=problem]').allTextContents())
      .toEqual(['There are no files in it.'])
    expect(await page.locator('oss-upload output').textContent()).toBe('There are no files in it.')
    await page.close()
  })

  it.each([320, 390, 1280])(
    'fits a window %i wide, left to right and right to left',
    async (width) => {
      const page = await open('max-size="5000000"')
      await page.setViewportSize({ width, height: 700 })
      const name = `${'very-long-name-'.repeat(8)}.txt`
      const buffer = Buffer.from('one')
      await page.locator('oss-upload input').setInputFiles({ name, mimeType: 'text/plain', buffer })
      for (const dir of ['ltr', 'rtl']) {
        const overflow = await page.evaluate((value) => {
          document.documentElement.dir = value
          return document.documentElement.scrollWidth - document.documentElement.clientWidth
        }, dir)
        expect(overflow, dir).toBeLessThanOrEqual(0)
      }
      await page.close()
    },
  )
})
