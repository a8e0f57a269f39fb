/**
 * A form upload. The policy fixes every field, and the exact size.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { buildPlace } from '../protocol/address.ts'
import { signPostPolicy } from '../protocol/post-policy.ts'
import { formatExpiration } from '../protocol/time.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { buildCallbackText, buildCallbackVars } from './callback-text.ts'
import { buildObjectHeaders } from './object-headers.ts'
import type { ReadyProfile } from './profile.ts'
import { signSession } from './session.ts'
import type { FormTicket } from './ticket.ts'
import type { Signing, TicketContext } from './ticket-context.ts'

/** As browsers send it: every line end of a `FormData` value becomes CR LF. */
function toFormText(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', '\r\n') : text
}

/** @throws {ProtocolError} `CALLBACK_TOO_LONG`, and what else OSS would refuse */
export function issuePost(
  upload: AdmittedUpload,
  profile: ReadyProfile,
  context: TicketContext,
  signing: Signing,
): FormTicket {
  const fields: Record<string, string> = {
    key: upload.key,
    callback: buildCallbackText(profile, context.callbackUrl, upload),
  }
  const vars = buildCallbackVars(profile, upload, context.secrets)
  for (const name in vars) fields[name] = toFormText(vars[name as keyof typeof vars] ?? '')
  // OSS prefers the type of the file part to a field Content-Type, but this field to both.
  fields['x-oss-content-type'] = upload.type
  Object.assign(fields, buildObjectHeaders(profile, upload, context.secrets))
  fields.success_action_status = '200'

  const policy = {
    bucket: context.bucket,
    region: context.region,
    conditions: [['content-length-range', upload.size, upload.size]] as const,
    fields,
  }
  return {
    kind: 'form',
    id: upload.id,
    key: upload.key,
    session: signSession(upload, context.secrets),
    expiresAt: formatExpiration(signing.now, signing.expiresInSeconds),
    url: buildPlace({ ...context }).url,
    fields: signPostPolicy(policy, signing).fields,
  }
}
