/**
 * `npm run dev` in a real Chromium: once with the service on Node, once with it in workerd. The same journey in other
 * engines: `npm run test:browsers`.
 */
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { expect, it } from 'vitest'
import { type ChromiumPage, launchChromium } from './browsers/chromium.ts'
import { describeJourney } from './browsers/journey.ts'

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

  it('shows a script tag that another page can use: its address serves what its integrity says', async () => {
    const text = await getPage().page.locator('#embed').textContent()
    const [, src = '', integrity] = /src="([^"]+)".*integrity="([^"]+)"/s.exec(text ?? '') ?? []
    const response = await fetch(src)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cache-control')).toContain('immutable')
    const hash = createHash('sha384').update(await response.text())
    expect(`sha384-${hash.digest('base64')}`).toBe(integrity)
  })
}

const launch = launchChromium
describeJourney('the demo page, with the service in Node', { args: [], launch }, checkChromiumOnly)
describeJourney(
  'the demo page, with the service in workerd',
  { args: ['--worker'], launch },
  checkChromiumOnly,
)
