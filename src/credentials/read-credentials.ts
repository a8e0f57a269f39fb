/** Credentials as STS, the metadata of ECS and credentials URIs return them. */
import type { ExpiringCredentials } from '../signer/credentials.ts'
import { CredentialsError } from './errors.ts'

/** `2026-11-26T20:00:00Z`: UTC, always. */
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws {CredentialsError} `RESPONSE`; the message does not quote the text */
export function parseObject(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // The parser's message quotes the text.
  }
  throw new CredentialsError('RESPONSE', `${what} responded with something that is no JSON object.`)
}

/** A code such as `NoPermission`, for messages. */
export function readCode(value: unknown): string {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value) ? value : 'no code'
}

/**
 * The end by the clock of this machine. Where that is behind the other side's, a token that seems to live on would have
 * ended: therefore its life is counted from the other side's `date`, too, and the earlier end counts.
 */
export function readExpiration(end: Date, date: string | null, now: Date): Date {
  const theirNowMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirNowMs)) return end
  const lifeMs = end.getTime() - theirNowMs
  return new Date(Math.min(end.getTime(), now.getTime() + lifeMs))
}

/**
 * @param about.now when the request was sent
 * @throws {CredentialsError} `RESPONSE` when a field is missing or the end is no UTC time
 */
export function readCredentials(
  value: unknown,
  { what, date, now }: { what: string; date: string | null; now: Date },
): ExpiringCredentials {
  const fields = isObject(value) ? value : {}
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = fields
  const texts = [AccessKeyId, AccessKeySecret, SecurityToken, Expiration]
  const isComplete = texts.every((text) => typeof text === 'string' && text !== '')
  if (!isComplete || !UTC.test(String(Expiration))) {
    throw new CredentialsError(
      'RESPONSE',
      `${what} responded without AccessKeyId, AccessKeySecret, SecurityToken or Expiration in UTC.`,
    )
  }
  return {
    accessKeyId: String(AccessKeyId),
    accessKeySecret: String(AccessKeySecret),
    securityToken: String(SecurityToken),
    expiration: readExpiration(new Date(String(Expiration)), date, now),
  }
}
