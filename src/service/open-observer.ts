/** The observers of a service: the one of the program, and the access log of the settings. */
import { createAccessLog } from './access-log.ts'
import type { Log } from './log.ts'
import { combineObservers, type Observer } from './observer.ts'
import { type LogSource, watchSecrets } from './open-log.ts'
import type { WatchedCredentials } from './watch-credentials.ts'

export interface ObserverSource extends LogSource {
  observer?: Observer | undefined
  writeAccessLog?: ((line: string) => void) | undefined
}

export interface ObserverParts {
  watched: Pick<WatchedCredentials, 'listSecrets'>
  log: Log
  now: () => Date
}

/** @returns `undefined` when nobody wants to know anything */
export function openObserver(
  settings: ObserverSource,
  { watched, log, now }: ObserverParts,
): Observer | undefined {
  const { observer, accessLog, writeAccessLog: write } = settings
  const observers = observer ? [observer] : []
  if (accessLog) {
    const secrets = watchSecrets(settings, watched)
    observers.push(createAccessLog({ ...accessLog, secrets, now, write }))
  }
  return combineObservers(observers, log)
}
