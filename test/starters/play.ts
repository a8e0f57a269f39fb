/** One starter in use: a user opens its page in Chromium, signs in, uploads, and sees the photo. */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { openPage } from '../frameworks/play.ts'

const STEP_TIMEOUT_MS = 60_000
/** CSS pixels: a small phone, and a desk. */
const WIDTHS = [360, 1280]

function check(isGood: boolean, what: string): void {
  if (!isGood) throw new Error(what)
}

/** Development servers may load the page anew while it is used for the first time. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('alice')
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor()
  await page.getByLabel('Name').fill('alice')
  await page.getByLabel('Password').fill('alice')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in as alice').waitFor()
  await page.getByLabel('Password').waitFor({ state: 'hidden' })
}

async function checkPhotos(page: Page, names: readonly string[]): Promise<void> {
  const images = page.locator('.photos img')
  await images.nth(names.length - 1).waitFor()
  check((await images.count()) === names.length, 'The page shows another number of photos.')
  for (const [at, name] of names.entries()) {
    const image = images.nth(at)
    await image.scrollIntoViewIfNeeded()
    await image.evaluate((element: HTMLImageElement) => element.decode())
    const text = await page.locator('.photos figcaption').nth(at).textContent()
    check(text === name, `Instead of ${name} the page shows ${text}.`)
  }
}

/** What is wider than the window moves a phone's page sideways. */
async function checkWidths(page: Page, pictures: string | undefined): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    if (pictures) await page.screenshot({ path: `${pictures}-${width}.png` })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    check(wide <= width, `At ${width} pixels the page is ${wide} wide.`)
  }
}

export interface PlayOptions {
  browser: Browser
  folder: string
  /** Files to upload. */
  photos: readonly string[]
  /** Screenshots are written with names that begin so. */
  pictures?: string | undefined
}

/** @throws {Error} with what is wrong */
export async function playStarter(url: string, options: PlayOptions): Promise<void> {
  const { browser, folder, photos, pictures } = options
  const faults: string[] = []
  const context = await browser.newContext()
  context.setDefaultTimeout(STEP_TIMEOUT_MS)
  try {
    // The first time, Vite loads the page once more when it has found out what the page imports.
    await (await openPage(context, url, [])).close()
    const page = await openPage(context, url, faults)
    await checkWidths(page, pictures && `${pictures}-signed-out`)
    await signIn(page)
    await page.locator('input[type=file]').setInputFiles(photos.map((name) => join(folder, name)))
    const saved = page.locator('.uploads').getByText(/^Saved as [\w-]+$/)
    await saved.nth(photos.length - 1).waitFor()
    await page
      .locator('.photos li')
      .nth(photos.length - 1)
      .waitFor()
    await checkWidths(page, pictures && `${pictures}-uploaded`)
    await page.reload()
    await page
      .locator('.photos li')
      .nth(photos.length - 1)
      .waitFor()
    const shown = await page.locator('.photos figcaption').allTextContents()
    check(shown.toSorted().join() === photos.toSorted().join(), `The page shows ${shown.join()}.`)
    await checkPhotos(page, shown)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    // Of those who are not signed in, and of the wrong password.
    const others = faults.filter((text) => !/status of 401/.test(text))
    check(others.length === 0, `The console of the page says: ${others.join('; ')}`)
  } finally {
    await context.close()
  }
}
