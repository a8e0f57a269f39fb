/**
 * `GET /objects` and `GET /objects/url`: what a user has uploaded, and URLs to read it, for the profiles that the program names. The
 * object's own encrypted facts say whose it is; its key is believed nothing.
 */
import { buildDisposition } from '../protocol/disposition.ts'
import { MAX_SIGNATURE_SECONDS_WITH_TOKEN } from '../protocol/limits.ts'
import { encodeKeyValue } from '../protocol/object-key.ts'
import { presign } from '../protocol/presign.ts'
import type { Receipt } from '../signer/accept-callback.ts'
import { type Identity, listKeyValues, requireScopes } from '../signer/claims.ts'
import { UploadRefused } from '../signer/errors.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import type { OwnObject, OwnObjectPage, OwnObjectUrl } from '../signer/ticket.ts'
import { planSigning } from '../signer/ticket-context.ts'
import type { Deps, ExtraRoute } from './deps.ts'
import { ConfigError, ServiceError } from './errors.ts'
import { requireProfile } from './issue-ticket.ts'
import { noteFacts, respond, respondJson } from './response.ts'
import { readStoredReceipt } from './stored-receipt.ts'

export interface ObjectSettings {
  /** Names of the profiles whose uploads their users may read; nobody may read those of others. */
  profiles: readonly string[]
  /** Life of a URL, seconds, 1 to 43 200. @default 300 (5 min) */
  urlSeconds?: number | undefined
  /** Processing by OSS that pages may ask for by name, e.g. `{ thumb: 'image/resize,w_400' }`. @default none */
  styles?: Readonly<Record<string, string>> | undefined
}

const DEFAULT_URL_SECONDS = 300
/** Objects of a page: each is one HEAD. */
const MAX_PAGE = 20

/** The same for what is not there and for what is another's: nobody learns which. */
function refuse(): never {
  throw new ServiceError('OBJECT_MISSING', 'You have no object of this key that can be read.')
}

function describe({ id, key, name, type, size, crc64 }: Receipt): OwnObject {
  return { id, key, name, type, size, crc64 }
}

/**
 * What all keys of this user's uploads begin with.
 *
 * @throws {ServiceError} `NOT_FOUND` where keys do not begin with what names the user
 */
export function buildOwnPrefix(
  { name, template: { pieces }, ...rules }: ReadyProfile,
  { subject, claims }: Identity,
): string {
  const values = new Map([
    ...listKeyValues({ ...rules, keyValues: [] }, claims, {}),
    ['profile', name],
    ['sub', subject],
  ] as [string, string][])
  const end = pieces.findIndex((piece, at) => at % 2 === 1 && !values.has(piece))
  const known = end < 0 ? pieces : pieces.slice(0, end)
  if (!known.some((piece, at) => at % 2 === 1 && piece === 'sub')) {
    throw new ServiceError(
      'NOT_FOUND',
      'The uploads of this profile cannot be listed: its key template has no {sub} before what differs from upload to upload.',
    )
  }
  const prefix = known
    .map((piece, at) => (at % 2 === 0 ? piece : encodeKeyValue(values.get(piece) ?? '')))
    .join('')
  // `{ext}` may be empty, and then the dot before it goes too.
  return pieces[end] === 'ext' ? prefix.replace(/\.$/, '') : prefix
}

/** @throws {ConfigError} when the service is created, with everything that is wrong */
function checkSettings(
  { profiles, urlSeconds = DEFAULT_URL_SECONDS, styles = {} }: ObjectSettings,
  known: Deps['profiles'],
): void {
  const issues = profiles
    .filter((name) => !known.has(name))
    .map((name) => `objects.profiles names ${JSON.stringify(name)}, which is no profile.`)
  const most = MAX_SIGNATURE_SECONDS_WITH_TOKEN
  if (!Number.isInteger(urlSeconds) || urlSeconds < 1 || urlSeconds > most) {
    issues.push(`objects.urlSeconds must be whole seconds, 1 to ${most}.`)
  }
  for (const [name, style] of Object.entries(styles)) {
    // `sys/saveas` would let a page write into the bucket.
    if (!/^[\w-]{1,32}$/.test(name) || !/^image\/[\w,.-]+(?:\/[\w,.-]+)*$/.test(style)) {
      issues.push(`objects.styles: ${JSON.stringify(name)} must be such as image/resize,w_400.`)
    }
  }
  if (issues.length > 0) throw new ConfigError(issues)
}

export function createObjectRoutes(settings: ObjectSettings): ExtraRoute[] {
  const { urlSeconds = DEFAULT_URL_SECONDS } = settings
  const styles = new Map(Object.entries(settings.styles ?? {}))
  const isReadable = (name: string) => settings.profiles.includes(name)

  /** The receipt of an object that this user may read. */
  async function findOwn(
    deps: Deps,
    { subject, claims }: Identity,
    key: string,
    isWanted = isReadable,
  ): Promise<Receipt | undefined> {
    const receipt = await readStoredReceipt(deps, key)
    const profile = receipt && deps.profiles.get(receipt.profile)
    if (!profile || receipt.subject !== subject || !isWanted(profile.name)) return undefined
    requireScopes(profile, claims)
    return receipt
  }

  async function signUrl(
    { ticketContext, credentials, now }: Deps,
    { key }: Receipt,
    query: Record<string, string>,
  ): Promise<{ url: string; expiresAt: string }> {
    const { bucket, region, endpoint, addressing } = ticketContext
    const at = now()
    const end = { expiresAt: at.getTime() / 1000 + urlSeconds }
    const options = planSigning(
      { ticketSeconds: urlSeconds },
      end,
      await credentials.current(at),
      at,
    )
    const { url } = presign(
      { method: 'GET', bucket, region, endpoint, addressing, key, query },
      options,
    )
    const expiresAt = new Date(at.getTime() + options.expiresInSeconds * 1000)
    return { url, expiresAt: expiresAt.toISOString() }
  }

  const list: ExtraRoute = {
    method: 'GET',
    path: '/objects',
    create(deps, authenticate) {
      checkSettings(settings, deps.profiles)
      return async (c) => {
        const identity = await authenticate(c)
        const profile = requireProfile(deps.profiles, c.req.query('profile') ?? '')
        if (!isReadable(profile.name)) {
          throw new UploadRefused(
            'PROFILE_UNKNOWN',
            'The uploads of this profile are not for reading.',
          )
        }
        requireScopes(profile, identity.claims)
        const limit = Math.min(
          MAX_PAGE,
          Math.max(1, Math.floor(Number(c.req.query('limit'))) || MAX_PAGE),
        )
        const prefix = buildOwnPrefix(profile, identity)
        const page = await deps.oss.listObjects(prefix, c.req.query('after'), limit)
        await deps.rateGuard.checkSubject(identity.subject, page.entries.length)
        // Other profiles may store under the same prefix.
        const isWanted = (name: string) => name === profile.name
        const receipts = await Promise.all(
          page.entries.map(({ key }) => findOwn(deps, identity, key, isWanted)),
        )
        const objects = receipts.flatMap((receipt) => (receipt ? [describe(receipt)] : []))
        return respondJson(c, JSON.stringify({ objects, next: page.next } satisfies OwnObjectPage))
      }
    },
  }

  const read: ExtraRoute = {
    method: 'GET',
    path: '/objects/url',
    create(deps, authenticate) {
      return async (c) => {
        const identity = await authenticate(c)
        const { key, style, download, redirect } = c.req.query()
        const receipt = key ? await findOwn(deps, identity, key) : undefined
        if (!receipt) return refuse()
        const process = style === undefined ? undefined : styles.get(style)
        if (style !== undefined && process === undefined) {
          throw new ServiceError('NOT_FOUND', 'The service has no style of this name.')
        }
        if (deps.observer) {
          const { id, profile, name } = receipt
          noteFacts(c, { uploadId: id, profile, key: receipt.key, name })
        }
        const signed = await signUrl(deps, receipt, {
          ...(download !== undefined && {
            'response-content-disposition': buildDisposition(download || receipt.name),
          }),
          ...(process !== undefined && { 'x-oss-process': process }),
        })
        if (redirect !== undefined) {
          return respond(c, null, 302, { location: signed.url, 'cache-control': 'no-store' })
        }
        const object = { ...describe(receipt), ...signed } satisfies OwnObjectUrl
        return respondJson(c, JSON.stringify(object))
      }
    },
  }

  return [list, read]
}
