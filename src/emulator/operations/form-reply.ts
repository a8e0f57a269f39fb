/**
 * The reply to a form upload: by `success_action_redirect`, else by `success_action_status`, else 204.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { buildXmlDocument } from '../http/xml.ts'
import type { StoredObject } from '../storage/model.ts'
import { buildLocation, type OperationContext } from './context.ts'

export interface FormReply {
  status: number
  headers?: Record<string, string>
  body?: string
}

export function buildFormReply(
  call: OperationContext,
  object: StoredObject,
  fields: ReadonlyMap<string, string>,
  wantsCallback: boolean,
): FormReply {
  const { bucket, key, emulator } = call
  const redirect = fields.get('success_action_redirect')
  if (redirect && !wantsCallback && URL.canParse(redirect)) {
    const url = new URL(redirect)
    url.searchParams.set('bucket', bucket.name)
    url.searchParams.set('key', key)
    url.searchParams.set('etag', `"${object.etag}"`)
    return { status: emulator.unconfirmed.redirectStatus, headers: { location: url.href } }
  }
  const status = fields.get('success_action_status')
  if (status === '200') return { status: 200 }
  if (status !== '201') return { status: wantsCallback ? 200 : 204 }
  const body = buildXmlDocument('PostResponse', {
    Bucket: bucket.name,
    ETag: `"${object.etag}"`,
    Key: key,
    Location: buildLocation(call),
  })
  return { status: 201, headers: { 'content-type': 'application/xml' }, body }
}
