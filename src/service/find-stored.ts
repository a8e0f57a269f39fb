/**
 * `POST /uploads/stored`: whether this user has stored the same bytes before, so that nothing needs to be sent. The application says
 * under which key; the object itself says whose it is.
 */
import * as v from 'valibot'
import type { Receipt } from '../signer/accept-callback.ts'
import { type Claims, requireScopes } from '../signer/claims.ts'
import { PENDING, waitAtMost } from '../signer/single-flight.ts'
import type { StoredUploadRequest, StoredUploadResponse } from '../signer/ticket.ts'
import { readJson } from './body.ts'
import { buildDefaultResponse } from './delivery/deliver.ts'
import type { Deps, ExtraRoute } from './deps.ts'
import { requireProfile } from './issue-ticket.ts'
import { noteFacts, respondJson } from './response.ts'
import { bytes, text } from './schemas.ts'
import { readStoredReceipt } from './stored-receipt.ts'

/** What a page asks for. */
export interface StoredQuery {
  subject: string
  claims: Claims
  /** Name of the profile. */
  profile: string
  /** bytes */
  size: number
  /** Decimal, of the whole file. */
  crc64: string
}

/** A receipt of an earlier upload is one. */
export interface FoundUpload {
  key: string
  /** JSON value for the page. @default what the application responded then, else the facts of the object */
  response?: unknown
}

/**
 * Looks in the application's own records, by subject, profile, size and CRC-64 together. Returns nothing when there is no such
 * upload. What it throws, and a time limit of 2 s, are logged, and the page uploads the file.
 */
export type FindStored = (
  query: StoredQuery,
) => FoundUpload | null | undefined | Promise<FoundUpload | null | undefined>

/** The page waits for this before its upload begins. */
const LIMIT_MS = 2000

/** Of `POST /uploads/stored`. */
export const storedRequest = v.strictObject({
  profile: text,
  size: bytes,
  crc64: v.pipe(text, v.regex(/^(?:0|[1-9]\d{0,19})$/, 'must be a decimal CRC-64')),
}) satisfies v.GenericSchema<unknown, StoredUploadRequest>

/** @param options.limitMs for tests */
export function createFindStoredRoute(
  findStored: FindStored,
  { limitMs = LIMIT_MS }: { limitMs?: number } = {},
): ExtraRoute {
  async function ask(query: StoredQuery): Promise<{ found: FoundUpload | undefined }> {
    // Verified tokens are cached: a change by the application must not last.
    const found = await findStored({ ...query, claims: structuredClone(query.claims) })
    if (!found) return { found: undefined }
    if (typeof found.key !== 'string') throw new TypeError('findStored returned no key.')
    return { found }
  }

  async function findOrLog(
    query: StoredQuery,
    log: Deps['log'],
    requestId: string,
  ): Promise<FoundUpload | undefined> {
    try {
      const asked = await waitAtMost(ask(query), limitMs)
      if (asked === PENDING) throw new Error(`findStored took more than ${limitMs} ms.`)
      return asked.found
    } catch (error) {
      log.failure('FIND_STORED_FAILED', requestId, error)
      return undefined
    }
  }

  return {
    method: 'POST',
    path: '/uploads/stored',
    create(deps, authenticate) {
      const { profiles, log, outbox } = deps

      /** The response to the page, or nothing while the application has not responded to that upload. */
      async function findResponse(
        found: FoundUpload,
        receipt: Receipt,
      ): Promise<{ response: unknown } | undefined> {
        if (found.response !== undefined) return { response: found.response }
        const known = await outbox.read(receipt.id)
        if (!known) return { response: buildDefaultResponse(receipt) }
        return known.state === 'done' ? { response: JSON.parse(known.response) } : undefined
      }

      return async (c) => {
        const { subject, claims } = await authenticate(c)
        const { profile: name, size, crc64 } = await readJson(c.req.raw, storedRequest)
        const profile = requireProfile(profiles, name)
        requireScopes(profile, claims)
        const query = { subject, claims, profile: profile.name, size, crc64 }
        const found = await findOrLog(query, log, c.var.requestId)
        const receipt = found && (await readStoredReceipt(deps, found.key))
        let stored: StoredUploadResponse['stored']
        if (receipt) {
          if (isSame(receipt, query)) {
            const { id, key } = receipt
            const response = await findResponse(found, receipt)
            stored = response && { id, key, ...response }
            if (deps.observer)
              noteFacts(c, { uploadId: id, profile: name, key, name: receipt.name })
          } else {
            deps.warnLimited(
              'FIND_STORED_WRONG',
              'findStored returned an object of another user, profile, size or CRC-64; the page was not told of it.',
            )
          }
        }
        return respondJson(c, JSON.stringify({ stored } satisfies StoredUploadResponse))
      }
    },
  }
}

function isSame(receipt: Receipt, { subject, profile, size, crc64 }: StoredQuery): boolean {
  return (
    receipt.subject === subject &&
    receipt.profile === profile &&
    receipt.size === size &&
    receipt.crc64 === crc64
  )
}
