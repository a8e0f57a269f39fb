/** Who a request comes from, and who is asked before an upload: functions of the program, or what the settings say. */
import { type Authenticate, createAuthenticate } from './auth.ts'
import {
  type AskBeforeUpload,
  BEFORE_UPLOAD_LIMIT_MS,
  createAskBeforeUpload,
} from './before-upload.ts'
import { createBeforeWebhook } from './before-webhook.ts'
import type { Deps } from './deps.ts'
import { ConfigError } from './errors.ts'
import type { Hooks } from './hook-settings.ts'
import { createOwnAuthenticate } from './own-authenticate.ts'
import type { Settings } from './settings.ts'

const STALE_KEYS =
  'The keys that verify bearer tokens cannot be fetched; the last ones are used for some minutes. Look at jwksUrl.'

/** @param options checked: one of both ways is there */
export function chooseAuthenticate(
  { auth, authenticate }: Pick<Settings & Hooks, 'auth' | 'authenticate'>,
  { log, ...deps }: Pick<Deps, 'now' | 'log'> & { fetch: typeof fetch },
): Authenticate {
  if (authenticate) return createOwnAuthenticate(authenticate)
  if (!auth) throw new ConfigError(['auth is missing.'])
  const onStaleKeys = () => log.warning('TOKEN_KEYS_STALE', STALE_KEYS)
  return createAuthenticate(auth, { ...deps, onStaleKeys })
}

/** A webhook has its own time limit, and says which host did not respond. */
const BEFORE_WEBHOOK_GRACE_MS = 500

export function chooseBeforeUpload(
  { onBeforeUpload, beforeWebhook, publicUrl }: Settings & Hooks,
  deps: Pick<Deps, 'now' | 'newId'> & { fetch: typeof fetch },
): AskBeforeUpload | undefined {
  if (onBeforeUpload) return createAskBeforeUpload(onBeforeUpload)
  if (!beforeWebhook) return undefined
  const { timeoutMs = BEFORE_UPLOAD_LIMIT_MS } = beforeWebhook
  const ask = createBeforeWebhook({ ...beforeWebhook, ...deps, timeoutMs, source: publicUrl })
  return createAskBeforeUpload(ask, timeoutMs + BEFORE_WEBHOOK_GRACE_MS)
}
