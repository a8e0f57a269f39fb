/**
 * A presigned PUT. Exact length, type and callback are part of the signature.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
import { presign } from '../protocol/presign.ts'
import { formatExpiration } from '../protocol/time.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { buildCallbackQuery } from './callback-text.ts'
import { buildObjectHeaders } from './object-headers.ts'
import type { ReadyProfile } from './profile.ts'
import { signSession } from './session.ts'
import type { PutTicket } from './ticket.ts'
import type { Signing, TicketContext } from './ticket-context.ts'

/** @throws {ProtocolError} `CALLBACK_TOO_LONG`, and what else OSS would refuse */
export function issuePut(
  upload: AdmittedUpload,
  profile: ReadyProfile,
  context: TicketContext,
  signing: Signing,
): PutTicket {
  const { callbackUrl, secrets, ...place } = context
  const headers: Record<string, string> = {
    'Content-Type': upload.type,
    ...buildObjectHeaders(profile, upload, context.secrets),
  }
  if (upload.contentMd5 !== undefined) headers['Content-MD5'] = upload.contentMd5
  const { url } = presign(
    {
      ...place,
      method: 'PUT',
      key: upload.key,
      query: buildCallbackQuery(profile, callbackUrl, upload, secrets),
      headers: { ...headers, 'Content-Length': String(upload.size) },
      additionalHeaders: ['content-length', ...Object.keys(headers)],
    },
    signing,
  )
  return {
    kind: 'put',
    id: upload.id,
    key: upload.key,
    session: signSession(upload, secrets),
    expiresAt: formatExpiration(signing.now, signing.expiresInSeconds),
    url,
    // Content-Length is set by the browser, and is right only for a file of the signed size.
    headers,
  }
}
