/**
 * `POST /uploads` and the four calls that may follow it: authenticate, apply the profile, issue the ticket.
 * Over 200 lines: the five handlers share the subject, the profile and the session.
 */
import type { AdmittedUpload } from '../signer/admit-upload.ts'
import { type Identity, requireScopes } from '../signer/claims.ts'
import { issueWindow, requireOpenUpload } from '../signer/issue-multipart.ts'
import { verifySession } from '../signer/session.ts'
import type { ConfirmRequest, ErrorResponse, Ticket } from '../signer/ticket.ts'
import { planSigning } from '../signer/ticket-context.ts'
import { encodeTicketList, formatTicket } from '../signer/ticket-text.ts'
import { acceptReceipt, toResponseText } from './accept-receipt.ts'
import { checkFields, readJson, readJsonValue } from './body.ts'
import { buildDefaultResponse } from './delivery/deliver.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import { createTicketIssuer, requireProfile } from './issue-ticket.ts'
import type { StoredObject } from './oss-client.ts'
import { describeEntryError } from './problem.ts'
import {
  noteFacts,
  respond,
  respondJson,
  respondJsonWithLength,
  type ServiceContext,
} from './response.ts'
import { buildConfirmedReceipt } from './stored-receipt.ts'
import {
  confirmRequest,
  isUploadList,
  partsRequest,
  sessionRequest,
  uploadListRequest,
  uploadRequest,
} from './upload-requests.ts'

/** How long a page that confirms waits for the application, ms. */
const CONFIRM_WAIT_MS = 4000

function noteUpload(c: ServiceContext, { id, profile, key, name }: AdmittedUpload): void {
  noteFacts(c, { uploadId: id, profile, key, name })
}

export interface UploadHandlers {
  authenticate(c: ServiceContext): Promise<Identity>
  create(c: ServiceContext): Promise<Response>
  parts(c: ServiceContext): Promise<Response>
  state(c: ServiceContext): Promise<Response>
  confirm(c: ServiceContext): Promise<Response>
  abort(c: ServiceContext): Promise<Response>
}

export function createUploadHandlers(deps: Deps): UploadHandlers {
  const { ticketContext, oss, outbox, now } = deps
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

  const { issuer, bucket, deployment, secrets } = ticketContext
  const findProfile = (name: string) => requireProfile(deps.profiles, name)
  const issueTicket = createTicketIssuer(deps, note)

  function openSession(session: string, subject: string): AdmittedUpload {
    return verifySession(session, secrets, { subject, issuer, bucket, deployment, now: now() })
  }

  async function openUpload(c: ServiceContext, subject: string): Promise<AdmittedUpload> {
    const { session } = await readJson(c.req.raw, sessionRequest)
    const upload = openSession(session, subject)
    note?.(c, upload)
    return upload
  }

  /** One of a list: what is wrong with it is its own result, and harms no other. */
  async function issueOrRefuse(
    c: ServiceContext,
    identity: Identity,
    upload: unknown,
    place: number,
  ): Promise<Ticket | ErrorResponse> {
    try {
      return await issueTicket(c, identity, checkFields(upload, uploadRequest), place)
    } catch (error) {
      return describeEntryError(error, c, deps.log)
    }
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

  return {
    authenticate,

    async create(c) {
      const identity = await authenticate(c)
      const body = await readJsonValue(c.req.raw)
      if (!isUploadList(body)) {
        const ticket = await issueTicket(c, identity, checkFields(body, uploadRequest))
        return respondJson(c, formatTicket(ticket), 201)
      }
      const { uploads } = checkFields(body, uploadListRequest)
      await deps.rateGuard.checkSubject(identity.subject, uploads.length - 1)
      const tickets = await Promise.all(
        uploads.map((upload, place) => issueOrRefuse(c, identity, upload, place)),
      )
      return respondJson(c, encodeTicketList({ tickets }), 200)
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
      const signing = planSigning(profile, upload, await deps.credentials.current(at), at)
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
