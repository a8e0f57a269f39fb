/**
 * Times as OSS writes them, to the second, in UTC. A service signs many times within a second: the last texts are
 * cached.
 */
import { memoize } from './cache.ts'
import { ProtocolError } from './errors.ts'

/** @param second Unix time @throws {ProtocolError} `REQUEST` for a date that is not valid */
function toIso(second: number): string {
  if (Number.isNaN(second)) {
    throw new ProtocolError('REQUEST', 'The time of signing is not a valid date.')
  }
  return new Date(second * 1000).toISOString()
}

const formatSecond = memoize((second: number) => toIso(second).replace(/[-:]|\.\d+/g, ''), {
  maxEntries: 16,
})
const formatIsoSecond = memoize(toIso, { maxEntries: 16 })

/** `YYYYMMDDTHHMMSSZ`. @throws {ProtocolError} `REQUEST` for a date that is not valid */
export function formatTime(time: Date): string {
  return formatSecond(Math.floor(time.getTime() / 1000))
}

/**
 * The end of a signature, `YYYY-MM-DDTHH:MM:SS.000Z`: counted from the full second that the signature itself names.
 *
 * @throws {ProtocolError} `REQUEST` for a date that is not valid
 */
export function formatExpiration(signedAt: Date, expiresInSeconds: number): string {
  return formatIsoSecond(Math.floor(signedAt.getTime() / 1000) + expiresInSeconds)
}
