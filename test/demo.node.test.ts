/**
 * `npm run dev` in a real Chromium: once with the service on Node, once with it in workerd. The same journey in other
 * engines: `npm run test:browsers`.
 */
import { expect, it } from 'vitest'
import { type ChromiumPage, launchChromium } from './browsers/chromium.ts'
import { describeJourney } from './browsers/journey.ts'

function checkRoles(getPage: () => ChromiumPage): void {
  it('is labelled for those who listen to it', async () => {
    const { page } = getPage()
    await expect
      .poll(() => page.getByRole('progressbar', { name: 'Upload of photo.png' }).count())
      .toBeGreaterThan(0)
    expect(await page.getByLabel('Choose files').count()).toBe(1)
    expect(await page.getByRole('combobox', { name: 'Profile' }).count()).toBe(1)
  })
}

const launch = launchChromium
describeJourney('the demo page, with the service in Node', { args: [], launch }, checkRoles)
describeJourney(
  'the demo page, with the service in workerd',
  { args: ['--worker'], launch },
  checkRoles,
)
