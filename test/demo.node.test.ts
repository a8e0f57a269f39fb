/**
 * `npm run dev` as a newcomer meets it: the demo page in a real Chromium, from the choice of files to the server's answer;
 * once with the service on Node, once with it in workerd.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_ARGS, findChromium } from './support/chromium.ts'
import { makeBytes, makePng } from './support/files.ts'

const START_MS = 60_000
const MIB = 1024 ** 2

const files = {
  'note 笔记 😀.txt': makeBytes(1024, 2),
  'photo.png': makePng(400, 256),
  'big.bin': makeBytes(64 * MIB, 3),
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function startDev(args: string[]): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, ['src/entry/dev.ts', ...args], {
    env: { ...process.env, PORT: '0', OSS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const needed = args.length > 0 ? [/Demo page/, /Ready on/] : [/Ctrl-C/]
  await new Promise<void>((resolve, reject) => {
    const read = (data: Buffer): void => {
      text += data
      if (needed.every((line) => line.test(text))) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(`The dev server ended:\n${text}`)))
    setTimeout(() => reject(new Error(`The dev server is not ready:\n${text}`)), START_MS).unref()
  })
  const origin = /Demo page\s+(\S+?)\/\s/.exec(text)?.[1]
  if (!origin) throw new Error(`The dev server names no page:\n${text}`)
  return { child, origin }
}

let browser: Browser
let folder: string

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
  folder = await mkdtemp(join(tmpdir(), 'upcall-demo-'))
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
}, START_MS)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each([
  ['Node', []],
  ['workerd', ['--worker']],
])('the demo page, with the service in %s', (_, args) => {
  let dev: Awaited<ReturnType<typeof startDev>>
  let page: Page
  const troubles: string[] = []

  beforeAll(async () => {
    dev = await startDev(args)
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    await page.goto(dev.origin)
    await page.waitForSelector('#profile option', { state: 'attached' })
  }, START_MS * 2)

  afterAll(async () => {
    await page?.close()
    dev?.child.kill('SIGTERM')
    if (dev && dev.child.exitCode === null) await once(dev.child, 'exit')
  })

  async function choose(profile: string, name: string): Promise<void> {
    await page.selectOption('#profile', profile)
    await page.setInputFiles('#file', join(folder, name))
  }

  it(
    'stores a text as a form, a PNG by PUT and 64 MiB in parts, and shows the server’s answers',
    async () => {
      await choose('anything', 'note 笔记 😀.txt')
      await choose('photo', 'photo.png')
      await choose('anything', 'big.bin')
      await page.waitForFunction(
        () => document.querySelectorAll('.upload.done').length === 3,
        null,
        {
          timeout: START_MS,
        },
      )

      const answers = await page
        .locator('.upload pre')
        .evaluateAll((all) => all.map((one) => JSON.parse(one.textContent ?? '')))
      expect(answers.map(({ name }) => name)).toEqual(['big.bin', 'photo.png', 'note 笔记 😀.txt'])
      expect(answers[0].etag).toMatch(/-8$/) // eight parts
      expect(answers[1].image).toEqual({ width: 400, height: 256, format: 'png' })

      for (const { key, name, size } of answers) {
        const stored = await fetch(`${dev.origin}/demo/object?key=${encodeURIComponent(key)}`)
        const bytes = new Uint8Array(await stored.arrayBuffer())
        const original = files[name as keyof typeof files]
        expect(size).toBe(original.length)
        expect(hash(bytes), name).toBe(hash(original))
      }
      expect(troubles).toEqual([])
    },
    START_MS * 2,
  )

  it('shows one callback for each upload, answered 200', async () => {
    await page.waitForFunction(() => document.querySelectorAll('#log > li').length === 3)
    const verdicts = await page.locator('#log .verdict').allTextContents()
    expect(verdicts).toEqual(['Answered 200', 'Answered 200', 'Answered 200'])
    const keys = await page.locator('#log .key').allTextContents()
    expect(new Set(keys).size).toBe(3)
    expect(await page.locator('#log pre').allTextContents()).toContainEqual(
      expect.stringContaining('name = note 笔记 😀.txt'),
    )
  })

  it('shows the stored picture as a thumbnail', async () => {
    const width = page.locator('.picture img').first()
    await expect
      .poll(() => width.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(400)
  })

  it('says why a file is refused', async () => {
    await choose('note', 'photo.png')
    await page.waitForSelector('.upload.failed')
    expect(await page.locator('.upload.failed .state').textContent()).toContain('TYPE_REFUSED')
    expect(await page.locator('#news').textContent()).toContain('photo.png is not uploaded.')
  })

  it('cancels an upload from the keyboard', async () => {
    await page.route(/partNumber=/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      await route.continue().catch(() => {})
    })
    await choose('anything', 'big.bin')
    await page
      .locator('.upload')
      .first()
      .getByRole('button', { name: 'Cancel big.bin' })
      .press('Enter')
    await expect.poll(() => page.locator('.upload .state').first().textContent()).toBe('Cancelled')
    await page.unroute(/partNumber=/)
  })

  it('is labelled, and walked in its visible order by the Tab key', async () => {
    await page.locator('h1').click()
    const order: string[] = []
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('Tab')
      order.push(
        await page.evaluate(
          () => document.activeElement?.id || document.activeElement?.localName || '',
        ),
      )
    }
    expect(order.slice(0, 2)).toEqual(['profile', 'file'])
    expect(order[2]).not.toBe('body')
    await expect
      .poll(() => page.getByRole('progressbar', { name: 'Upload of photo.png' }).count())
      .toBeGreaterThan(0)
    expect(await page.getByLabel('Choose files').count()).toBe(1)
    expect(await page.getByRole('combobox', { name: 'Profile' }).count()).toBe(1)
  })

  it.each([360, 390, 768, 1280])(
    'fits a window %i wide without scrolling sideways',
    async (width) => {
      await page.setViewportSize({ width, height: 800 })
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
    },
  )
})
