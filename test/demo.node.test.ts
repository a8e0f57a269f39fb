/**
 * `npm run dev` in a real Chromium: once with the service on Node, once with it in workerd. The same journey in other
 * engines: `npm run test:browsers`.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChromiumPage, launchChromium } from './browsers/chromium.ts'
import { checkSteps } from './browsers/demo-steps.ts'
import { describeJourney } from './browsers/journey.ts'

async function shoot(page: Page, name: string): Promise<void> {
  const { UPCALL_SCREENSHOTS: shots } = process.env
  if (!shots) return
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(shots, `${name}-${width}.png`) })
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

/** What people see when the network or something on it does not do as it should. */
function checkStates(getPage: () => ChromiumPage): void {
  describe('on a bad network', () => {
    const buffer = Buffer.from('one')
    let page: Page
    let folder: string
    /** Every request to OSS, which is another origin. */
    const isToOss = (url: URL) => url.origin !== new URL(page.url()).origin
    const state = () => page.locator('.upload .state').first().textContent()
    const choose = (name: string) =>
      page.locator('#file').setInputFiles({ name, mimeType: 'text/plain', buffer })

    beforeAll(async () => {
      page = getPage().page
      folder = await mkdtemp(join(tmpdir(), 'upcall-demo-'))
      await page.locator('#profile').selectOption('anything')
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    it('shows that the device is offline, and goes on when it is not', async () => {
      await page.context().setOffline(true)
      await choose('offline.txt')
      await expect.poll(state).toBe('Offline, waiting for the network')
      await shoot(page, 'offline')
      await page.context().setOffline(false)
      await expect.poll(state, { timeout: 20_000 }).toMatch(/^Done/)
    })

    it('shows when the next attempt is', async () => {
      const headers = {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'retry-after',
        'retry-after': '3',
      }
      await page.route(isToOss, (route) => route.fulfill({ status: 503, headers }), { times: 1 })
      await choose('retrying.txt')
      await expect.poll(state).toMatch(/^Next attempt at \d+:\d\d:\d\d/)
      await shoot(page, 'retrying')
      await expect.poll(state, { timeout: 20_000 }).toMatch(/^Done/)
    })

    it('says what a proxy has refused; the file can be sent again, or its row removed', async () => {
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/html' }
      const html = '<html>Sign in</html>'
      const refuse = () =>
        page.route(isToOss, (route) => route.fulfill({ status: 407, headers, body: html }), {
          times: 1,
        })
      await refuse()
      await choose('portal.txt')
      await expect
        .poll(state)
        .toBe(
          'Failed: A proxy of this network requires a sign-in. Sign in there, or try another network.',
        )
      await shoot(page, 'failed')
      await page.getByRole('button', { name: 'Try portal.txt again' }).click()
      await expect.poll(state, { timeout: 20_000 }).toMatch(/^Done/)
      await refuse()
      await choose('removed.txt')
      await page.getByRole('button', { name: 'Remove removed.txt' }).click()
      await expect.poll(() => page.locator('.upload', { hasText: 'removed.txt' }).count()).toBe(0)
    })

    async function drop(name: string): Promise<void> {
      await page.locator('#drop').scrollIntoViewIfNeeded()
      const box = await page.locator('#drop').boundingBox()
      const session = await page.context().newCDPSession(page)
      const data = { items: [], files: [join(folder, name)], dragOperationsMask: 1 }
      const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20, data }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, ...at })
      }
    }

    it('uploads the files of a folder that is dropped, and has a word for an empty folder', async () => {
      await mkdir(join(folder, 'empty'))
      await mkdir(join(folder, 'trip/day 1'), { recursive: true })
      await writeFile(join(folder, 'trip/day 1/照片.txt'), 'photo')
      await drop('empty')
      await expect
        .poll(() => page.locator('#fault').textContent())
        .toBe('There are no files in it.')
      await drop('trip')
      // Its row first: the row below it is done already.
      await expect
        .poll(() => page.locator('.upload .name').first().textContent())
        .toBe('照片.txt (5 bytes)')
      await expect.poll(state, { timeout: 20_000 }).toMatch(/^Done/)
      expect(await page.locator('#fault').textContent()).toBe('')
    })
  })
}

function checkChromiumOnly(getPage: () => ChromiumPage): void {
  it('is labelled for those who listen to it', async () => {
    const { page } = getPage()
    await expect
      .poll(() => page.getByRole('progressbar', { name: 'Upload of photo.png' }).count())
      .toBeGreaterThan(0)
    expect(await page.getByLabel('Choose files').count()).toBe(1)
    expect(await page.getByRole('combobox', { name: 'Profile' }).count()).toBe(1)
  })

  it('hands nothing out to a page under a foreign name that leads to this machine', async () => {
    const { port, origin } = new URL(getPage().page.url())
    const read = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = get(`${origin}/`, { headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        request.on('error', reject)
      })
    expect(await read(`localhost:${port}`)).toBe(200)
    expect(await read(`evil.example.com:${port}`)).toBe(421)
  })

  it('offers no other attempt for what was cancelled', async () => {
    const row = getPage().page.locator('.upload', { hasText: 'huge.bin' })
    expect(await row.locator('.state').textContent()).toBe('Cancelled')
    expect(await row.locator('button:visible').allTextContents()).toEqual(['', 'Remove'])
    expect(await row.getByRole('button', { name: 'Show the steps of huge.bin' }).count()).toBe(1)
  })

  it('shows a script tag that another page can use: its address serves what its integrity says, and the description', async () => {
    const text = await getPage().page.locator('#embed').textContent()
    const [, src = '', integrity] = /src="([^"]+)".*integrity="([^"]+)"/s.exec(text ?? '') ?? []
    const response = await fetch(src)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cache-control')).toContain('immutable')
    const hash = createHash('sha384').update(await response.text())
    expect(`sha384-${hash.digest('base64')}`).toBe(integrity)
    const description = await fetch(new URL('/openapi.json', src))
    expect(await description.json()).toMatchObject({ openapi: '3.1.0' })
  })
}

const launch = launchChromium
describeJourney('the demo page, with the service in Node', { args: [], launch }, (getPage) => {
  checkChromiumOnly(getPage)
  checkStates(getPage)
  checkSteps(getPage)
})
describeJourney(
  'the demo page, with the service in workerd',
  { args: ['--worker'], launch },
  checkChromiumOnly,
)
