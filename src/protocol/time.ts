/**
 * Times as OSS writes them, to the second. A service signs many times within one: the last text of each kind is kept.
 */
import { ProtocolError } from './errors.ts'

function keepLast(format: (iso: string) => string): (second: number) => string {
  let lastSecond = Number.NaN
  let lastText = ''
  return (second) => {
    if (second === lastSecond) return lastText
    if (Number.isNaN(second)) {
      throw new ProtocolError('REQUEST', 'The time of signing is not a valid date.')
    }
    lastText = format(new Date(second * 1000).toISOString())
    lastSecond = second
    return lastText
  }
}

const formatCompact = keepLast((iso) => iso.replace(/[-:]|\.\d+/g, ''))
const formatFull = keepLast((iso) => iso)

/** `YYYYMMDDTHHMMSSZ`, UTC. @throws {ProtocolError} `REQUEST` for a date that is none */
export function formatTime(time: Date): string {
  return formatCompact(Math.floor(time.getTime() / 1000))
}

/**
 * When a signature ends, `YYYY-MM-DDTHH:MM:SS.000Z`: counted from the full second that the signature itself names.
 *
 * @throws {ProtocolError} `REQUEST` for a date that is none
 */
export function formatExpiration(signedAt: Date, expiresInSeconds: number): string {
  return formatFull(Math.floor(signedAt.getTime() / 1000) + expiresInSeconds)
}
