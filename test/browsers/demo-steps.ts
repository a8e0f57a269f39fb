/** What the demo page shows of an upload, and its switches, in a real Chromium. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import packageFacts from '../../package.json' with { type: 'json' }
import { findViolations } from './accessibility.ts'
import type { ChromiumPage } from './chromium.ts'

const TIMEOUT_MS = 40_000
/** An upload takes this much longer on a slow line, and on a busy machine. */
const soon = { timeout: 20_000 }

/** Sum of what moved in the page without anyone having touched it. */
function measureShifts(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean }
        new PerformanceObserver((list) => {
          const shifts = (list.getEntries() as Shift[]).filter(
            ({ hadRecentInput }) => !hadRecentInput,
          )
          resolve(shifts.reduce((sum, { value }) => sum + value, 0))
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(0), 200)
      }),
  )
}

export function checkSteps(getPage: () => ChromiumPage): void {
  describe('what happens to an upload', () => {
    let page: Page
    let newest: Locator
    const readHops = () =>
      page
        .locator('#hops > li')
        .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.state))
    const state = () => newest.locator('.state').textContent()
    const sendSample = (name: string) => page.locator(`[data-sample=${name}]`).click()
    const setLine = (line: string) => page.locator(`input[value=${line}] + span`).click()

    /** Until the script has written its last words: a click before that reaches nobody. */
    const waitForScript = () => page.locator('#embed', { hasText: '<script' }).waitFor()

    async function reload(): Promise<void> {
      await page.reload()
      await waitForScript()
    }

    beforeAll(async () => {
      page = getPage().page
      newest = page.locator('#uploads > li').first()
      await reload()
    })

    it('is told in four steps with their times, and ends with the server’s response', async () => {
      await sendSample('note')
      await expect.poll(readHops, soon).toEqual(['done', 'done', 'done', 'done'])
      const times = await page.locator('#hops .ms').allTextContents()
      for (const time of times) expect(time).toMatch(/^\d+(\.\d)? (ms|s)$/)
      const response = JSON.parse((await page.locator('#response').textContent()) ?? '')
      expect(response).toMatchObject({ profile: 'note', size: 27 })
      expect(await page.locator('#stage-file').textContent()).toMatch(/^hello-你好\.txt · Done/)
      await expect.poll(() => newest.locator('.steps [data-state=done]').count()).toBe(4)
    })

    it('shows a callback that does not arrive, and the page asking the service itself', async () => {
      // The picture need not be slow from here on.
      await page.emulateMedia({ reducedMotion: 'reduce' })
      await page.locator('#service-down').check()
      await sendSample('note')
      await expect.poll(readHops, soon).toEqual(['done', 'done', 'failed', 'done'])
      expect(await page.locator('#hops .what').allTextContents()).toEqual([
        'The page asks the service for a ticket',
        'The page sends the bytes to OSS',
        'OSS could not reach the service',
        'The page asks the service itself',
      ])
      expect(await state()).toBe('Done: stored by OSS; the page asked the server itself')
      await page.locator('#service-down').uncheck()
    })

    it('waits while the page is offline by its switch, and goes on afterwards', async () => {
      await page.locator('#offline').check()
      await sendSample('photo')
      await expect.poll(state).toBe('Offline, waiting for the network')
      expect(await page.evaluate(() => navigator.onLine)).toBe(false)
      await page.locator('#offline').uncheck()
      await expect.poll(state, soon).toMatch(/^Done/)
      expect(await page.evaluate(() => navigator.onLine)).toBe(true)
    })

    it(
      'can be paused, survives a cut line, and is continued after a reload with what is missing',
      async () => {
        await setLine('slow')
        await sendSample('big')
        const bar = newest.locator('progress')
        const readBar = () => bar.evaluate((element: HTMLProgressElement) => element.value)
        await expect.poll(readBar, soon).toBeGreaterThan(9)
        await newest.getByRole('button', { name: /^Pause/ }).click()
        await expect.poll(state).toMatch(/^Paused · [\d.]+ MB \/ 48 MB$/)
        await setLine('cut')
        await newest.getByRole('button', { name: /^Resume/ }).click()
        await expect.poll(state, soon).toMatch(/^Next attempt at /)
        await setLine('slow')
        await expect.poll(state, soon).toMatch(/^Uploading/)
        // More than six parts, which may all be on their way: some are stored.
        await expect.poll(readBar, soon).toBeGreaterThan(40)
        await page.reload()

        const waiting = page.locator('#unfinished > li')
        await expect.poll(() => waiting.locator('.name').textContent()).toMatch(/is waiting$/)
        await setLine('fast')
        const parts: string[] = []
        page.on('request', (request) => {
          if (/partNumber=/.test(request.url())) parts.push(request.url())
        })
        await waiting.getByRole('button', { name: 'Continue sample-48-mb.bin' }).click()
        await expect.poll(state, soon).toMatch(/^Done/)
        expect(await waiting.count()).toBe(0)
        // 23 parts of 2 MiB in all.
        expect(parts.length).toBeGreaterThan(0)
        expect(parts.length).toBeLessThan(22)
        expect(await page.locator('#hops .what').first().textContent()).toBe(
          'The page asks the service what is stored',
        )
      },
      TIMEOUT_MS,
    )

    it('happens alike by four ways, each with the code that runs', async () => {
      await page.locator('#ways').scrollIntoViewIfNeeded()
      await expect.poll(() => page.locator('.mount.is-ready').count(), soon).toBe(4)
      await page.locator('#ways-sample').click()
      const done = page.locator('#ways .steps [data-state=done]')
      await expect.poll(() => done.count(), soon).toBe(16)
      // The picture of the stored object, made by the local OSS: 88 × 88 of a sample that is no square.
      const picture = page.locator('#ways oss-upload img[src*="x-oss-process"]')
      await expect.poll(() => picture.count(), soon).toBe(1)
      const sides = (image: Element) =>
        image instanceof HTMLImageElement && [image.naturalWidth, image.naturalHeight]
      expect(await picture.evaluate(sides)).toEqual([88, 88])
      const codes = await page.locator('#ways .code').allTextContents()
      const folder = new URL('../../client/demo/ways/', import.meta.url)
      for (const [at, name] of ['plain.ts', 'element.ts', 'uppy.ts', 'react.tsx'].entries()) {
        const source = await readFile(new URL(name, folder), 'utf8')
        const [code = ''] = codes.slice(at)
        expect(code.split('\n').length).toBe(source.trimEnd().split('\n').length)
        const own = [...code.matchAll(/'(oss-upcall\/[^']+)'/g)].map(([, path = '']) => path)
        expect(own.length).toBeGreaterThan(0)
        for (const path of own) {
          expect(Object.keys(packageFacts.exports)).toContain(path.replace('oss-upcall', '.'))
        }
        expect(code).not.toContain('../')
      }
    })

    it('is told in Chinese, too, after a reload as well', async () => {
      await page.getByRole('button', { name: '中文' }).click()
      const uppy = page.locator('#ways .uppy-Dashboard').first()
      await expect.poll(() => uppy.textContent(), soon).toMatch(/上传完毕|添加更多文件|完成/)
      const heading = page.getByRole('heading', { level: 1 })
      expect(await heading.textContent()).toBe('文件直传 OSS，响应来自您的服务器。')
      await expect.poll(() => page.locator('#hops .what').first().textContent()).toMatch(/签名服务/)
      await page.reload({ waitUntil: 'commit' })
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
      const html = await (await fetch(page.url())).text()
      expect(html).toContain('文件直传 OSS')
      expect(html).not.toMatch(/data-text="\w+"[^>]*><\//)
      await waitForScript()
      await page.getByRole('button', { name: 'English' }).click()
      expect(await heading.textContent()).toMatch(/^Files go straight to OSS/)
    })

    it.each(['light', 'dark'] as const)(
      'can be used by all, in %s colours',
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme })
        expect(await findViolations(getPage())).toEqual([])
        await page.emulateMedia({ colorScheme: null })
      },
    )

    it('moves nothing in the page that nobody has touched', async () => {
      await reload()
      await sendSample('note')
      await expect.poll(readHops, soon).toEqual(['done', 'done', 'done', 'done'])
      expect(await measureShifts(page)).toBeLessThan(0.01)
    })
  })
}
