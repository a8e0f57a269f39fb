/**
 * `npm run dev` as a newcomer meets it: the demo page from the choice of files to the server's response, in any engine.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { makeBytes, makePng } from '../support/files.ts'
import { type Engine, type EnginePage, press } from './engine.ts'
import { type Helper, startHelper } from './processes.ts'

const START_MS = 60_000
const MIB = 1024 ** 2

const files = {
  'note 笔记 😀.txt': makeBytes(1024, 2),
  'photo.png': makePng(400, 256),
  'big.bin': makeBytes(64 * MIB, 3),
}
/** Holes, no bytes: so large that there is time to cancel it, whatever the machine. */
const HUGE = { name: 'huge.bin', size: 4096 * MIB }

/** What the demo's application responds with, as far as it is read here. */
interface StoredFacts {
  registeredAs: number
  key: string
  name: string
  size: number
  etag: string
  unverified?: { image?: object }
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function startDev(
  args: string[],
  folder: string,
): Promise<{ helper: Helper; origin: string }> {
  const needed = args.length > 0 ? [/Demo page/, /Ready on/] : [/Ctrl-C/]
  const helper = await startHelper(process.execPath, ['src/dev/server.ts', ...args], {
    env: { ...COMPILE_CACHE, PORT: '0', OSS_PORT: '0' },
    isReady: (_, words) => needed.every((line) => line.test(words)),
    timeoutMs: START_MS,
    folder,
  })
  const origin = /Demo page\s+(\S+?)\/\s/.exec(helper.readWords())?.[1]
  if (!origin) throw new Error(`The dev server names no page:\n${helper.readWords()}`)
  return { helper, origin }
}

function readTexts(page: EnginePage, selector: string): Promise<string[]> {
  return page.evaluate(
    (wanted) => [...document.querySelectorAll(wanted)].map(({ textContent }) => textContent ?? ''),
    selector,
  )
}

function count(page: EnginePage, selector: string): Promise<number> {
  return page.evaluate((wanted) => document.querySelectorAll(wanted).length, selector)
}

function focus(page: EnginePage, selector: string): Promise<void> {
  return page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.focus(), selector)
}

/**
 * The journey as tests.
 * @param more further tests on the same page, for what one engine's driver alone can ask
 */
export function describeJourney<Page extends EnginePage>(
  title: string,
  { args, launch }: { args: string[]; launch: () => Promise<Engine<Page>> },
  more?: (getPage: () => Page) => void,
): void {
  describe(title, () => {
    let dev: Awaited<ReturnType<typeof startDev>> | undefined
    let engine: Engine<Page> | undefined
    let folder: string
    let page: Page

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'upcall-demo-'))
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
      await writeFile(join(folder, HUGE.name), '')
      await truncate(join(folder, HUGE.name), HUGE.size)
      dev = await startDev(args, folder)
      engine = await launch()
      page = await engine.openPage()
      await page.goto(dev.origin)
    }, START_MS * 3)

    afterAll(async () => {
      await engine?.close()
      await dev?.helper.stop()
    }, START_MS)

    async function choose(profile: string, name: string): Promise<void> {
      await page.evaluate((value) => {
        const select = document.querySelector<HTMLSelectElement>('#profile')
        if (!select) throw new Error('The page has no choice of profiles.')
        select.value = value
        select.dispatchEvent(new Event('change', { bubbles: true }))
      }, profile)
      await page.setFiles('#file', [join(folder, name)])
    }

    /** The server's response to the upload in that row, the newest first. */
    async function readResponse(row: number): Promise<StoredFacts> {
      await focus(page, `#uploads > :nth-child(${row}) .steps`)
      await press(page, 'Enter')
      await expect
        .poll(() => readTexts(page, `#uploads > :nth-child(${row}) .steps[aria-pressed=true]`))
        .toHaveLength(1)
      const [text = ''] = await readTexts(page, '#response')
      return JSON.parse(text)
    }

    it('offers the profiles', async () => {
      await expect
        .poll(() => readTexts(page, '#profile option'), { timeout: START_MS })
        .toEqual(['anything', 'photo', 'note'])
      // The last that the page's script writes.
      await expect
        .poll(() => readTexts(page, '#embed'), { timeout: START_MS })
        .toEqual([expect.stringContaining('<script')])
    })

    it(
      'stores a text as a form, a PNG by PUT and 64 MiB in parts, and shows the server’s responses',
      async () => {
        await choose('anything', 'note 笔记 😀.txt')
        await choose('photo', 'photo.png')
        await choose('anything', 'big.bin')
        await expect.poll(() => count(page, '.upload.done'), { timeout: START_MS }).toBe(3)

        const responses: StoredFacts[] = []
        for (let row = 1; row <= 3; row += 1) responses.push(await readResponse(row))
        const names = responses.map(({ name }) => name)
        expect(names).toEqual(['big.bin', 'photo.png', 'note 笔记 😀.txt'])
        expect(responses[0]?.etag).toMatch(/-32$/) // parts of 2 MiB
        expect(responses[1]?.unverified?.image).toEqual({ width: 400, height: 256, format: 'png' })

        for (const { key, name, size } of responses) {
          const stored = await fetch(`${dev?.origin}/demo/object?key=${encodeURIComponent(key)}`)
          const bytes = new Uint8Array(await stored.arrayBuffer())
          const original = files[name as keyof typeof files]
          expect(size).toBe(original.length)
          expect(hash(bytes), name).toBe(hash(original))
        }
        expect(await page.readFaults()).toEqual([])
      },
      START_MS * 2,
    )

    it('shows one callback for each upload, with a 200', async () => {
      await expect.poll(() => count(page, '#log > li')).toBe(3)
      const outcomes = await readTexts(page, '#log .outcome')
      expect(outcomes).toEqual(['Response 200', 'Response 200', 'Response 200'])
      expect(new Set(await readTexts(page, '#log .key')).size).toBe(3)
      expect(await readTexts(page, '#log pre')).toContainEqual(
        expect.stringContaining('name = note 笔记 😀.txt'),
      )
    })

    it('shows a thumbnail that OSS makes of the stored picture, which is 400 pixels wide', async () => {
      const readWidth = () =>
        page.evaluate(
          () => document.querySelector<HTMLImageElement>('.picture img')?.naturalWidth ?? 0,
        )
      await expect.poll(readWidth, { timeout: START_MS }).toBe(128)
      const { UPCALL_SCREENSHOTS: shots } = process.env
      if (shots) {
        await mkdir(shots, { recursive: true })
        await page.screenshot(join(shots, `${title.replace(/\W+/g, '-')}.png`))
      }
    })

    it(
      'shows an upload that waits for the application, and the response that comes later',
      async () => {
        const toggle = () => page.click('#down')
        await toggle()
        await expect
          .poll(async () => (await fetch(`${dev?.origin}/demo/application/state`)).json(), {
            timeout: START_MS,
          })
          .toMatchObject({ isDown: true })
        await choose('anything', 'note 笔记 😀.txt')
        await expect.poll(() => count(page, '.upload.accepted'), { timeout: START_MS }).toBe(1)
        expect((await readTexts(page, '.upload.accepted .state')).join()).toMatch(/on its way/)
        await expect
          .poll(() => readTexts(page, '#pending'), { timeout: START_MS })
          .toEqual([expect.stringMatching(/^1 /)])
        await toggle()
        await expect.poll(() => count(page, '.upload.accepted'), { timeout: START_MS }).toBe(0)
        expect(await count(page, '.upload.done')).toBe(4)
        expect(await readResponse(1)).toMatchObject({ registeredAs: 4, name: 'note 笔记 😀.txt' })
        await expect
          .poll(() => readTexts(page, '#pending'), { timeout: START_MS })
          .toEqual([expect.stringMatching(/^Nothing/)])
      },
      START_MS * 2,
    )

    it('says why a file is refused', async () => {
      await choose('note', 'photo.png')
      await expect.poll(() => count(page, '.upload.failed')).toBe(1)
      expect((await readTexts(page, '.upload.failed .state'))[0]).toMatch(/^Failed: .*\btype\b/i)
      expect((await readTexts(page, '#status'))[0]).toContain('photo.png is not uploaded.')
    })

    it('removes the row of a failed file', async () => {
      await page.click('[aria-label="Remove photo.png"]')
      await expect.poll(() => count(page, '.upload.failed')).toBe(0)
    })

    it('cancels an upload from the keyboard', async () => {
      await choose('anything', HUGE.name)
      const button = `[aria-label="Cancel ${HUGE.name}"]`
      await expect.poll(() => count(page, button)).toBe(1)
      await focus(page, button)
      await press(page, 'Enter')
      await expect
        .poll(async () => (await readTexts(page, '.upload .state'))[0], { timeout: START_MS })
        .toBe('Cancelled')
    })

    it('is walked in its visible order by the Tab key', async () => {
      await page.click('h1')
      const order: string[] = []
      for (let step = 0; step < 3; step += 1) {
        await press(page, 'Tab')
        order.push(
          await page.evaluate(
            () => document.activeElement?.id || document.activeElement?.localName || '',
          ),
        )
      }
      expect(order.slice(0, 2)).toEqual(['profile', 'file'])
      expect(order[2]).not.toBe('body')
    })

    it.each([360, 390, 768, 1280, 1600])(
      'fits a window %i wide without scrolling sideways',
      async (width) => {
        await page.resize(width, 800)
        const [inner, overflow] = await page.evaluate(() => [
          innerWidth,
          document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ])
        expect(inner).toBe(width)
        expect(overflow).toBeLessThanOrEqual(0)
      },
    )

    more?.(() => page)
  })
}
