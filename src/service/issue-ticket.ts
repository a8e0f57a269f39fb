/**
 * From the request for one upload to its ticket: the application is asked, the profile applied, the quota looked at, and a
 * multipart upload opened on OSS.
 */
import { type AdmittedUpload, admitUpload } from '../signer/admit-upload.ts'
import type { Identity } from '../signer/claims.ts'
import { UploadRefused } from '../signer/errors.ts'
import {
  buildInitiateHeaders,
  issueMultipart,
  requireOpenUpload,
} from '../signer/issue-multipart.ts'
import { issuePost } from '../signer/issue-post.ts'
import { issuePut } from '../signer/issue-put.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import type { Ticket, UploadRequest } from '../signer/ticket.ts'
import { planSigning } from '../signer/ticket-context.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import { deriveId } from './ids.ts'
import { readTraceparent } from './observe.ts'
import { enforceQuota } from './quota.ts'
import { MULTIPART_COST } from './rate-guard.ts'
import type { ServiceContext } from './response.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** @throws {UploadRefused} `PROFILE_UNKNOWN` */
export function requireProfile(
  profiles: ReadonlyMap<string, ReadyProfile>,
  name: string,
): ReadyProfile {
  const profile = profiles.get(name)
  if (profile) return profile
  throw new UploadRefused('PROFILE_UNKNOWN', 'The service has no profile of this name.')
}

function withTrace(upload: AdmittedUpload, traceparent: string | undefined): AdmittedUpload {
  return traceparent === undefined ? upload : { ...upload, traceparent }
}

/**
 * @param place of a list of requests, from 0
 * @throws {UploadRefused | ServiceError}
 */
export type IssueTicket = (
  c: ServiceContext,
  identity: Identity,
  sent: UploadRequest,
  place?: number,
) => Promise<Ticket>

/** @param note for the observer */
export function createTicketIssuer(
  deps: Deps,
  note: ((c: ServiceContext, upload: AdmittedUpload) => void) | undefined,
): IssueTicket {
  const { ticketContext, oss, now, newId } = deps
  const { issuer, bucket, deployment, secrets } = ticketContext

  /** A repeated request with the same `Idempotency-Key` gets the same id, on every instance. */
  function chooseId(
    c: ServiceContext,
    subject: string,
    request: UploadRequest,
    place: number | undefined,
    keyValues: Readonly<Record<string, string>> | undefined,
  ): string {
    const key = c.req.header('idempotency-key')
    if (key === undefined) return newId()
    if (!IDEMPOTENCY_KEY.test(key)) {
      throw new ServiceError(
        'IDEMPOTENCY_KEY',
        'The header Idempotency-Key must have 1 to 255 printable ASCII characters.',
      )
    }
    // Equal subjects of two issuers or deployments are two people.
    const owner = [issuer, deployment, bucket, subject, ...(keyValues ? [keyValues] : [])]
    // The same file twice in a list is two uploads.
    const body = JSON.stringify(place === undefined ? request : [place, request])
    return deriveId(secrets[0], JSON.stringify(owner), key, body)
  }

  async function initiate(upload: AdmittedUpload, profile: ReadyProfile): Promise<string> {
    await deps.rateGuard.checkSubject(upload.subject, MULTIPART_COST - 1)
    return oss.initiate(upload.key, buildInitiateHeaders(profile, upload, secrets))
  }

  async function issue(upload: AdmittedUpload, profile: ReadyProfile, at: Date): Promise<Ticket> {
    const uploadId = upload.method === 'multipart' ? await initiate(upload, profile) : undefined
    const signing = planSigning(profile, upload, await deps.credentials.current(at), at)
    switch (upload.method) {
      case 'form':
        return issuePost(upload, profile, ticketContext, signing)
      case 'put':
        return issuePut(upload, profile, ticketContext, signing)
      case 'multipart': {
        const open = requireOpenUpload({ ...upload, uploadId })
        return issueMultipart(open, profile, ticketContext, signing)
      }
    }
  }

  return async (c, { subject, claims }, sent, place) => {
    const named = requireProfile(deps.profiles, sent.profile)
    const { profile, request, keyValues } = deps.beforeUpload
      ? await deps.beforeUpload(named, sent, { subject, claims }, c.req.raw)
      : { profile: named, request: sent, keyValues: undefined }
    const at = now()
    const id = chooseId(c, subject, sent, place, keyValues)
    const who = { subject, claims, keyValues, issuer, bucket, deployment, id, now: at }
    const upload = withTrace(admitUpload(profile, request, who), readTraceparent(c))
    note?.(c, upload)
    if (deps.checkQuota) await enforceQuota(deps.checkQuota, upload)
    return issue(upload, profile, at)
  }
}
