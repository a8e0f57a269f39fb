/** The pages of `docs/examples/guides` in Chromium, before the services of the same guides. */
import { build } from 'esbuild'
import type { Service } from 'oss-upcall'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAvatars } from '../../docs/examples/guides/avatar.ts'
import { createVideoUploads } from '../../docs/examples/guides/large-video.ts'
import { createPhotoUploads } from '../../docs/examples/guides/many-photos.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { type Settings, startGuideSetup } from '../support/guides.ts'
import { listCodeBlocks } from '../support/markdown.ts'

const START_MS = 30_000
const setup = startGuideSetup()

let browser: Browser
let script: string

beforeAll(async () => {
  const folder = './docs/examples/guides'
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from '${folder}/large-video-page.ts'
        export * from '${folder}/many-photos-page.ts'
        import 'oss-upcall/client/element'`,
      resolveDir: '.',
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'guides',
  })
  script = outputFiles[0]?.text ?? ''
  browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
}, START_MS)

afterAll(() => browser?.close())

async function open(create: (settings: Settings) => Service, body = '') {
  const html = `<!doctype html><meta charset="utf-8">${body}<script>${script.replaceAll('</script', '<\\/script')}
    const options = { endpoint: '', headers: { authorization: 'Bearer acme:ann' }, checksum: false }</script>`
  const page = await browser.newPage()
  await page.goto(await setup.serve(create, html))
  return page
}

it('a large video continues after a reload and is added once', {
  timeout: START_MS,
}, async () => {
  const added: unknown[] = []
  const page = await open((settings) =>
    createVideoUploads(settings, {
      async add(video) {
        added.push(video)
      },
    }),
  )
  // 40 MB in parts; the page goes away when the first of them are stored.
  const start = `(window.file = new File([new Uint8Array(40e6)], 'film.mp4', { type: 'video/mp4', lastModified: 1 }),
    window.shown = [], guides.uploadVideo(file, { ...options, profile: 'video', concurrency: 1, vars: { title: '夏天' } }, (text) => shown.push(text)))`
  const log = setup.local.emulator.log.requests
  const before = log.length
  const countParts = () =>
    log
      .slice(before)
      .filter(({ operation, status }) => operation === 'UploadPart' && status === 200).length
  await page.evaluate(`void ${start}.catch(() => {})`)
  await expect.poll(countParts, { interval: 5 }).toBeGreaterThan(0)
  await page.reload()
  const stored = countParts()
  expect(await page.evaluate(start)).toMatchObject({ status: 'processing' })
  const shown = (await page.evaluate('shown')) as string[]
  expect(shown[0]).toMatch(/^Continues the upload of /)
  expect(shown.at(-1)).toMatch(/^done: 100 %/)
  expect(added).toMatchObject([{ owner: 'ann', title: '夏天' }])
  // Not all 39 parts of 1 MiB again.
  expect(countParts()).toBeLessThan(stored + 39)
  await page.close()
})

it('of many photos one that fails stops no other', { timeout: START_MS }, async () => {
  const photos: string[] = []
  const page = await open((settings) =>
    createPhotoUploads(settings, {
      mayWrite: async (userId, album) => userId === 'ann' && album === 'summer',
      async addPhoto(album, { name }) {
        photos.push(`${album}/${name}`)
      },
    }),
  )
  const upload = (album: string) => `(async () => {
    const names = ['a.png', 'b.txt', '照片.png', ...Array.from({ length: 20 }, (_, at) => at + '.png')]
    const files = names.map((name) => new File([name], name, { type: name.endsWith('txt') ? 'text/plain' : 'image/png' }))
    const counts = []
    const failed = await guides.uploadPhotos(files, '${album}', { ...options, profile: 'photo' }, (count) => counts.push(count))
    return { count: counts.at(-1), failed: failed.map(({ file, why }) => file.name + ': ' + why) }
  })()`
  expect(await page.evaluate(upload('summer'))).toEqual({
    count: 22,
    failed: [expect.stringContaining('b.txt: ')],
  })
  expect(photos).toHaveLength(22)
  expect(photos).toContain('summer/照片.png')
  const foreign = (await page.evaluate(upload('winter'))) as { failed: string[] }
  expect(foreign.failed).toHaveLength(23)
  // In the order in which they failed, which differs: the files go up several at a time.
  const isOfType = (text: string) => text.startsWith('b.txt: ')
  expect(foreign.failed.filter(isOfType)).toEqual([expect.stringContaining('allows image/*')])
  for (const text of foreign.failed.filter((text) => !isOfType(text)))
    expect(text).toContain('This album is of somebody else.')
  await page.close()
})

it('the element of the guide to avatars uploads', { timeout: START_MS }, async () => {
  const html = listCodeBlocks('docs/guides/avatar.md').find(({ language }) => language === 'html')
  const own = html?.code.replaceAll(/https:\/\/uploads\.example\.com/g, '') ?? ''
  const keys: string[] = []
  const page = await open(
    (settings) =>
      createAvatars(
        settings,
        {
          async setAvatar(_, { key }) {
            keys.push(key)
            return undefined
          },
        },
        setup.oss,
      ),
    own.replace(/<script type="module".*?<\/script>/, ''),
  )
  await page.evaluate(`document.querySelector('oss-upload').headers = options.headers`)
  const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('png') }
  await page.locator('oss-upload input').setInputFiles(file)
  await expect.poll(() => keys.length).toBe(1)
  await expect
    .poll(() => page.evaluate(`new FormData(document.querySelector('form')).get('avatar')`))
    .toBe(keys[0])
  await page.close()
})
