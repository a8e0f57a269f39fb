/** The settings of `authenticate` and `onBeforeUpload`: that they fit to each other, to the profiles and to `auth`. */
import type { ReadyProfile } from '../signer/profile.ts'
import type { AuthOptions } from './auth.ts'
import type { OnBeforeUpload } from './before-upload.ts'
import type { BeforeWebhookSettings } from './before-webhook.ts'
import { checkWebhookSettings } from './delivery/webhook-settings.ts'
import type { OwnAuthenticate } from './own-authenticate.ts'

export interface Hooks {
  /** Who a request comes from, instead of bearer tokens by `auth`. */
  authenticate?: OwnAuthenticate | undefined
  /** Asked before each ticket. @default the webhook `beforeWebhook`, else nobody */
  onBeforeUpload?: OnBeforeUpload | undefined
}

interface HookSettings extends Hooks {
  auth?: AuthOptions | undefined
  beforeWebhook?: BeforeWebhookSettings | undefined
}

/** Whoever waits longer has left the page; shorter than a connection takes to open. */
const MAX_TIMEOUT_MS = 30_000
const MIN_TIMEOUT_MS = 100

type HookSettingName = 'auth' | 'beforeUrl' | 'beforeSecrets' | 'beforeTimeoutMs' | 'profiles'
type HookIssue = readonly [name: HookSettingName, words: string]

function* findWebhookIssues(settings: BeforeWebhookSettings): Generator<HookIssue> {
  for (const { setting, words } of checkWebhookSettings(settings)) {
    yield [setting === 'url' ? 'beforeUrl' : 'beforeSecrets', words]
  }
  const { timeoutMs = MIN_TIMEOUT_MS } = settings
  if (
    !Number.isSafeInteger(timeoutMs) ||
    timeoutMs < MIN_TIMEOUT_MS ||
    timeoutMs > MAX_TIMEOUT_MS
  ) {
    yield ['beforeTimeoutMs', `must be whole milliseconds, ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS}`]
  }
}

/** Everything that is wrong; an issue ends without its full stop. */
export function* findHookIssues(
  { authenticate, onBeforeUpload, auth, beforeWebhook }: HookSettings,
  profiles: Iterable<ReadyProfile>,
): Generator<HookIssue> {
  if (authenticate && auth) {
    yield ['auth', 'and authenticate exclude each other; keep the one that knows your users']
  }
  if (onBeforeUpload && beforeWebhook) {
    yield ['beforeUrl', 'and onBeforeUpload exclude each other; keep one']
  }
  if (beforeWebhook) yield* findWebhookIssues(beforeWebhook)
  if (onBeforeUpload || beforeWebhook) return
  for (const { name, keyValues } of profiles) {
    if (keyValues.length === 0) continue
    yield ['profiles', `— ${name}.keyValues: nobody gives these values; onBeforeUpload is not set`]
  }
}
