/**
 * `POST /callbacks/oss`: verify on the raw bytes, ask OSS for the object, hand the receipt over, respond to OSS.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { sha256Base64Url } from '../protocol/crypto.ts'
import {
  type AcceptedCallback,
  acceptCallback,
  completeReceipt,
} from '../signer/accept-callback.ts'
import {
  DOCTOR_HEADER,
  DOCTOR_PROFILE,
  type DoctorEcho,
  isDoctorToken,
} from '../signer/doctor-probe.ts'
import { UploadRefused } from '../signer/errors.ts'
import { recordReceipt, toResponseText } from './accept-receipt.ts'
import { readBytes } from './body.ts'
import { headOfCallback } from './confirm-callback.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import type { Deps } from './deps.ts'
import { describeError } from './problem.ts'
import { noteFacts, respondJsonWithLength, type ServiceContext } from './response.ts'
import { passThrough } from './tracing.ts'

/**
 * OSS waits 5 s for the response, connection included. HEAD, recording and the application share what is left of this.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
const CALLBACK_LIMIT_MS = 4000
/** Every callback of OSS has them; a proxy may take them away. */
const CALLBACK_HEADERS = ['authorization', 'x-oss-pub-key-url', 'content-type']
/** Reserved for recording the receipt when OSS is slow to respond to the HEAD. */
const RECORDING_MS = 1000

async function describeArrival(request: Request): Promise<DoctorEcho> {
  const body = await readBytes(request)
  const { pathname, search } = new URL(request.url)
  return {
    headers: [...request.headers.keys()],
    bodySha256: sha256Base64Url(body),
    bodyBytes: body.length,
    target: `${pathname}${search}`,
  }
}

export function createCallbackHandler(deps: Deps) {
  const { ticketContext, profiles, callbackPath, callbackKeys, oss, outbox, now, warnLimited } =
    deps
  const { observer, tracing = passThrough } = deps

  /** The signature and the seal, on the bytes as they arrived. */
  function verify(request: Request, body: Uint8Array): AcceptedCallback {
    const mark = request.url.indexOf('?')
    const header = (name: string): string => request.headers.get(name) ?? ''
    return acceptCallback(
      {
        // Proxies may mount the service elsewhere: the path is the one that OSS was told. The query is as received.
        target: mark < 0 ? callbackPath : callbackPath + request.url.slice(mark),
        body,
        authorization: header('authorization'),
        publicKeyUrl: header('x-oss-pub-key-url'),
        signatureVersion: header('x-oss-signature-version') || '1.0',
      },
      {
        bucket: ticketContext.bucket,
        issuer: ticketContext.issuer,
        deployment: ticketContext.deployment,
        secret: ticketContext.secrets,
        now: now(),
        publicKeys: callbackKeys,
      },
    )
  }

  /** Asks OSS for the object, and records the receipt. */
  async function complete(
    c: ServiceContext,
    accepted: AcceptedCallback,
    deadline: Deadline,
  ): Promise<Response> {
    const headMs = Math.max(1, deadline.leftMs() - RECORDING_MS)
    if (accepted.profile === DOCTOR_PROFILE) {
      await headOfCallback(accepted, oss, headMs)
      return respondJsonWithLength(c, JSON.stringify({ doctor: accepted.id }))
    }
    const profile = profiles.get(accepted.profile)
    if (!profile) {
      throw new UploadRefused(
        'PROFILE_UNKNOWN',
        'The profile of this upload is not there any more.',
      )
    }
    const object = profile.trustCallbackSignature
      ? accepted.unverified
      : await headOfCallback(accepted, oss, headMs)
    const receipt = completeReceipt(accepted, object)
    const state = await recordReceipt(outbox, receipt, deadline.leftMs())
    observer?.callback?.({ outcome: state.state === 'done' ? 'DELIVERED' : 'ACCEPTED' })
    return respondJsonWithLength(c, toResponseText(receipt.id, state))
  }

  async function handle(c: ServiceContext): Promise<Response> {
    const deadline = createDeadline(CALLBACK_LIMIT_MS)
    const request = c.req.raw
    const accepted = verify(request, await readBytes(request))
    if (observer) {
      const { id: uploadId, profile, subject, key, name } = accepted
      noteFacts(c, { uploadId, profile, subject, key, name })
    }
    // OSS passes no header on: the trace is in a variable of the callback.
    const { traceparent: parent } = accepted.unverified
    return tracing.run('POST /callbacks/oss', { kind: 'server', parent }, (span) => {
      c.set('traceparent', span.traceparent)
      return complete(c, accepted, deadline)
    })
  }

  /** Faults of this side are logged with every other error; a refusal would reach nobody but OSS. */
  function warnOfRefusal(request: Request, error: unknown): void {
    const { status, code, message } = describeError(error)
    if (status >= 500) return
    const missing = CALLBACK_HEADERS.filter((name) => !request.headers.has(name))
    const hint = missing.length > 0 ? ` Headers that did not arrive: ${missing.join(', ')}.` : ''
    warnLimited(code, `A callback was refused. ${message}${hint}`)
  }

  return async (c: ServiceContext): Promise<Response> => {
    const request = c.req.raw
    const token = request.headers.get(DOCTOR_HEADER)
    if (token !== null && isDoctorToken(token, ticketContext.secrets, now())) {
      return respondJsonWithLength(c, JSON.stringify(await describeArrival(request)))
    }
    try {
      return await handle(c)
    } catch (error) {
      observer?.callback?.({ outcome: describeError(error).code })
      warnOfRefusal(request, error)
      throw error
    }
  }
}
