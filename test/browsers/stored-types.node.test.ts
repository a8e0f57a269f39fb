/** Stored files in Chromium; in Firefox and WebKit: `npm run test:browsers`. */
import { launchChromium } from './chromium.ts'
import { describeStoredTypes } from './stored-types.ts'

describeStoredTypes('Chromium', launchChromium)
