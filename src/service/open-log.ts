/** The log of a service, which knows the secrets of its settings. */
import { createLog, type Log } from './log.ts'
import type { MetricsSettings } from './metrics.ts'
import type { Settings } from './settings.ts'
import type { WatchedCredentials } from './watch-credentials.ts'

export interface LogSource extends Settings {
  writeLog?: ((line: string) => void) | undefined
  metrics?: MetricsSettings | undefined
}

/** Texts that must never reach a log, at the moment. */
export function watchSecrets(
  { secret, auth, webhook, beforeWebhook, operatorToken, metrics }: LogSource,
  { listSecrets }: Pick<WatchedCredentials, 'listSecrets'>,
): () => readonly string[] {
  const fixed = [
    ...[secret].flat(),
    operatorToken ?? '',
    metrics?.token ?? '',
    ...(webhook?.secrets ?? []),
    ...(beforeWebhook?.secrets ?? []),
    ...(auth && 'secret' in auth ? [auth.secret].flat() : []),
  ]
  return () => [...fixed, ...listSecrets()]
}

export function openLog(
  settings: LogSource,
  watched: Pick<WatchedCredentials, 'listSecrets'>,
): Log {
  const { writeLog } = settings
  return createLog({
    secrets: watchSecrets(settings, watched),
    ...(writeLog && { write: writeLog }),
  })
}
