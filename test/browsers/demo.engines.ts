/** The demo's journey in three engines, and what axe finds in the page after it. */
import { checkAccessibility } from './accessibility.ts'
import { launchChromium } from './chromium.ts'
import { launchFirefox } from './firefox.ts'
import { describeJourney } from './journey.ts'
import { launchWebKit } from './webkit.ts'

const args: string[] = []

describeJourney('the demo page in Chromium', { args, launch: launchChromium }, checkAccessibility)
describeJourney('the demo page in Firefox', { args, launch: launchFirefox }, checkAccessibility)
describeJourney('the demo page in WebKit', { args, launch: launchWebKit }, checkAccessibility)
