/** The demo's journey in three engines. */
import { launchChromium } from './chromium.ts'
import { launchFirefox } from './firefox.ts'
import { describeJourney } from './journey.ts'
import { launchWebKit } from './webkit.ts'

const args: string[] = []

describeJourney('the demo page in Chromium', { args, launch: launchChromium })
describeJourney('the demo page in Firefox', { args, launch: launchFirefox })
describeJourney('the demo page in WebKit', { args, launch: launchWebKit })
