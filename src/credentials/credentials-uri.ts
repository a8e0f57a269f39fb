/** Credentials from a URL, e.g. of a program beside this one that hands them out. */
import { isSafeUrl, parseUrl } from '../service/safe-url.ts'
import type { CredentialsProvider } from '../signer/credentials.ts'
import { CredentialsError } from './errors.ts'
import { type HttpOptions, request } from './http.ts'
import { parseObject, readCode, readCredentials } from './read-credentials.ts'

export interface CredentialsUriOptions extends HttpOptions {
  /** https, or http on this machine. May have a query; it is never shown in an error. */
  uri: string
  /** @default the system clock */
  now?: (() => Date) | undefined
}

/**
 * @throws {CredentialsError} `SETTING`
 * @returns a function that throws {CredentialsError}
 */
export function createCredentialsUri(options: CredentialsUriOptions): CredentialsProvider {
  const { uri, now = () => new Date() } = options
  const url = parseUrl(uri)
  if (!url || !isSafeUrl(url) || url.username || url.password) {
    throw new CredentialsError('SETTING', 'uri must be an https URL (http only on this machine).')
  }
  const what = `The credentials URI at ${url.host}`
  return async () => {
    const at = now()
    const { status, text, date } = await request(what, url.href, { method: 'GET' }, options)
    if (status !== 200) throw new CredentialsError('REFUSED', `${what} responded ${status}.`)
    const body = parseObject(text, what)
    // Alibaba's own libraries do not ask for it; when it is there, it must be good.
    if (body.Code !== undefined && body.Code !== 'Success') {
      throw new CredentialsError('REFUSED', `${what} responded ${readCode(body.Code)}.`)
    }
    return readCredentials(body, { what, date, now: at })
  }
}
