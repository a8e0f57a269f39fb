/**
 * `POST /uploads` and the four calls that may follow it: authenticate, apply the profile, issue the ticket.
 * Over 200 lines: the five handlers share the subject, the profile and the session.
 */
import { type AdmittedUpload, admitUpload } from '../signer/admit-upload.ts'
import { type Identity, requireScopes } from '../signer/claims.ts'
import { UploadRefused } from '../signer/errors.ts'
import {
  buildInitiateHeaders,
  issueMultipart,
  issueWindow,
  requireOpenUpload,
} from '../signer/issue-multipart.ts'
import { issuePost } from '../signer/issue-post.ts'
import { issuePut } from '../signer/issue-put.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import { verifySession } from '../signer/session.ts'
import type { ConfirmRequest, Ticket, UploadRequest } from '../signer/ticket.ts'
import { planSigning, type Signing } from '../signer/ticket-context.ts'
import { acceptReceipt, toResponseText } from './accept-receipt.ts'
import { readJson } from './body.ts'
import { buildDefaultResponse } from './delivery/deliver.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import { deriveId } from './ids.ts'
import { readTraceparent } from './observe.ts'
import type { StoredObject } from './oss-client.ts'
import { enforceQuota } from './quota.ts'
import { MULTIPART_COST } from './rate-guard.ts'
import {
  noteFacts,
  respond,
  respondJson,
  respondJsonWithLength,
  type ServiceContext,
} from './response.ts'
import { buildConfirmedReceipt } from './stored-receipt.ts'
import { confirmRequest, partsRequest, sessionRequest, uploadRequest } from './upload-requests.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** How long a page that confirms waits for the application, ms. */
const CONFIRM_WAIT_MS = 4000

function noteUpload(c: ServiceContext, { id, profile, key, name }: AdmittedUpload): void {
  noteFacts(c, { uploadId: id, profile, key, name })
}

function withTrace(upload: AdmittedUpload, traceparent: string | undefined): AdmittedUpload {
  return traceparent === undefined ? upload : { ...upload, traceparent }
}

export interface UploadHandlers {
  create(c: ServiceContext): Promise<Response>
  parts(c: ServiceContext): Promise<Response>
  state(c: ServiceContext): Promise<Response>
  confirm(c: ServiceContext): Promise<Response>
  abort(c: ServiceContext): Promise<Response>
}

export function createUploadHandlers(deps: Deps): UploadHandlers {
  const { ticketContext, profiles, oss, outbox, now, newId } = deps
  const note = deps.observer ? noteUpload : undefined

  /** The user of the request, within the limits of its address and its own. */
  async function authenticate(c: ServiceContext): Promise<Identity> {
    const address = deps.rateGuard.checkAddress(c.req.raw)
    if (address) await address
    const identity = await deps.authenticate(c.req.raw)
    const rate = deps.rateGuard.checkSubject(identity.subject, 1)
    if (rate) await rate
    if (note) noteFacts(c, { subject: identity.subject })
    return identity
  }

  function findProfile(name: string): ReadyProfile {
    const profile = profiles.get(name)
    if (profile) return profile
    throw new UploadRefused('PROFILE_UNKNOWN', 'The service has no profile of this name.')
  }

  const { issuer, bucket, deployment, secrets } = ticketContext

  async function prepareSigning(
    profile: ReadyProfile,
    upload: AdmittedUpload,
    at: Date,
  ): Promise<Signing> {
    return planSigning(profile, upload, await deps.credentials.current(at), at)
  }

  /** A repeated request with the same `Idempotency-Key` gets the same id, on every instance. */
  function chooseId(
    c: ServiceContext,
    subject: string,
    request: UploadRequest,
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
    return deriveId(secrets[0], JSON.stringify(owner), key, JSON.stringify(request))
  }

  function openSession(session: string, subject: string): AdmittedUpload {
    return verifySession(session, secrets, { subject, issuer, bucket, deployment, now: now() })
  }

  async function openUpload(c: ServiceContext, subject: string): Promise<AdmittedUpload> {
    const { session } = await readJson(c.req.raw, sessionRequest)
    const upload = openSession(session, subject)
    note?.(c, upload)
    return upload
  }

  /** Nobody else would learn that callbacks do not arrive: to users, a confirmed upload looks like any other. */
  function warnOfMissedCallback(
    { id, profile }: AdmittedUpload,
    { code, ec, requestId }: NonNullable<ConfirmRequest['reason']> = {},
  ): void {
    const facts = [code, ec && `EC ${ec}`, requestId && `request ${requestId}`].filter(Boolean)
    const reason = facts.length > 0 ? `OSS said: ${facts.join(', ')}.` : 'OSS gave no reason.'
    deps.warnLimited(
      'CALLBACK_MISSED',
      `Upload ${id} of profile ${profile} was confirmed by its page: its callback failed or was lost. ${reason}`,
    )
  }

  async function issue(upload: AdmittedUpload, profile: ReadyProfile, at: Date): Promise<Ticket> {
    switch (upload.method) {
      case 'form':
        return issuePost(upload, profile, ticketContext, await prepareSigning(profile, upload, at))
      case 'put':
        return issuePut(upload, profile, ticketContext, await prepareSigning(profile, upload, at))
      case 'multipart': {
        await deps.rateGuard.checkSubject(upload.subject, MULTIPART_COST - 1)
        const uploadId = await oss.initiate(
          upload.key,
          buildInitiateHeaders(profile, upload, secrets),
        )
        const open = requireOpenUpload({ ...upload, uploadId })
        return issueMultipart(
          open,
          profile,
          ticketContext,
          await prepareSigning(profile, upload, at),
        )
      }
    }
  }

  return {
    async create(c) {
      const { subject, claims } = await authenticate(c)
      const sent = await readJson(c.req.raw, uploadRequest)
      const named = findProfile(sent.profile)
      const { profile, request, keyValues } = deps.beforeUpload
        ? await deps.beforeUpload(named, sent, { subject, claims }, c.req.raw)
        : { profile: named, request: sent, keyValues: undefined }
      const at = now()
      const id = chooseId(c, subject, sent, keyValues)
      const who = { subject, claims, keyValues, issuer, bucket, deployment, id, now: at }
      const upload = withTrace(admitUpload(profile, request, who), readTraceparent(c))
      note?.(c, upload)
      if (deps.checkQuota) await enforceQuota(deps.checkQuota, upload)
      const ticket = await issue(upload, profile, at)
      return respondJson(c, JSON.stringify(ticket), 201)
    },

    async parts(c) {
      const { subject, claims } = await authenticate(c)
      const { session, partNumbers } = await readJson(c.req.raw, partsRequest)
      const at = now()
      const who = { subject, issuer, bucket, deployment, now: at }
      const upload = requireOpenUpload(verifySession(session, secrets, who))
      note?.(c, upload)
      const profile = findProfile(upload.profile)
      requireScopes(profile, claims)
      const signing = await prepareSigning(profile, upload, at)
      return respondJson(
        c,
        JSON.stringify(issueWindow(upload, partNumbers, profile, ticketContext, signing)),
      )
    },

    async state(c) {
      const { subject } = await authenticate(c)
      const { key, uploadId } = requireOpenUpload(await openUpload(c, subject))
      return respondJson(c, JSON.stringify({ parts: await oss.listParts(key, uploadId) }))
    },

    async confirm(c) {
      const { subject } = await authenticate(c)
      const { session, reason } = await readJson(c.req.raw, confirmRequest)
      const upload = openSession(session, subject)
      note?.(c, upload)
      const profile = findProfile(upload.profile)
      let stored: StoredObject
      try {
        stored = await oss.head(upload.key)
      } catch (error) {
        // The application may have moved or deleted what it was told of.
        const isGone = error instanceof ServiceError && error.code === 'OBJECT_MISSING'
        const known = isGone ? await outbox.read(upload.id) : undefined
        if (!known) throw error
        return respondJsonWithLength(c, toResponseText(upload.id, known))
      }
      const receipt = buildConfirmedReceipt(upload, stored, now())
      // The application's own server was called, or missed the call: all that is known here are the facts.
      if (profile.direct) {
        // Without a reason it may have arrived, and its response been lost.
        if (reason) warnOfMissedCallback(upload, reason)
        return respondJsonWithLength(c, JSON.stringify(buildDefaultResponse(receipt)))
      }
      if (!(await outbox.read(upload.id))) warnOfMissedCallback(upload, reason)
      return respondJsonWithLength(c, await acceptReceipt(outbox, receipt, CONFIRM_WAIT_MS))
    },

    async abort(c) {
      const { subject } = await authenticate(c)
      const { key, uploadId } = await openUpload(c, subject)
      if (uploadId !== undefined) await oss.abort(key, uploadId)
      return respond(c, null, 204)
    },
  }
}
