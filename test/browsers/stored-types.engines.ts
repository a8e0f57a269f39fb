/** Stored files in the engines that `npm test` does not run. */
import { launchFirefox } from './firefox.ts'
import { describeStoredTypes } from './stored-types.ts'
import { launchWebKit } from './webkit.ts'

describeStoredTypes('Firefox', launchFirefox)
describeStoredTypes('WebKit', launchWebKit)
