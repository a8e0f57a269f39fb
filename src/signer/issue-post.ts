/**
 * A form upload: every field bound by the policy, the size to the byte.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { buildPlace } from '../protocol/address.ts'
import { signPostPolicy } from '../protocol/post-policy.ts'
import { formatExpiration } from '../protocol/time.ts'
import type { Upload } from './admit-upload.ts'
import { buildCallbackText, buildCallbackVars } from './callback-text.ts'
import type { Issuer, Signing } from './issuer.ts'
import { buildObjectHeaders } from './object-headers.ts'
import type { ReadyProfile } from './profile.ts'
import { sealSession } from './session.ts'
import type { FormTicket } from './ticket.ts'

/** As browsers send it: `FormData` spells every line end of a value as CR LF. */
function toFormText(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', '\r\n') : text
}

/** @throws {ProtocolError} `CALLBACK_TOO_LONG` and whatever else OSS would refuse */
export function issuePost(
  upload: Upload,
  profile: ReadyProfile,
  issuer: Issuer,
  signing: Signing,
): FormTicket {
  const fields: Record<string, string> = {
    key: upload.key,
    callback: buildCallbackText(profile, issuer.callbackUrl, upload),
  }
  const vars = buildCallbackVars(profile, upload, issuer.secret)
  for (const name in vars) fields[name] = toFormText(vars[name as keyof typeof vars] ?? '')
  // The type of the file part would win over a field Content-Type; over this field nothing wins.
  fields['x-oss-content-type'] = upload.type
  Object.assign(fields, buildObjectHeaders(profile, upload))
  fields.success_action_status = '200'

  const policy = {
    bucket: issuer.bucket,
    region: issuer.region,
    conditions: [['content-length-range', upload.size, upload.size]] as const,
    fields,
  }
  return {
    kind: 'form',
    id: upload.id,
    key: upload.key,
    session: sealSession(upload, issuer.secret),
    expiresAt: formatExpiration(signing.now, signing.expiresInSeconds),
    url: buildPlace({ ...issuer }).url,
    fields: signPostPolicy(policy, signing).fields,
  }
}
