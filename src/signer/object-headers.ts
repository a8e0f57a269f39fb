/**
 * The headers that OSS stores with an object, the same for all three methods.
 */
import type { AdmittedUpload } from './admit-upload.ts'
import { isShownType } from './browser-types.ts'
import { encryptObjectFacts, FACTS_HEADER } from './object-facts.ts'
import type { ReadyProfile } from './profile.ts'
import type { Secrets } from './token.ts'

/** Shows in a HEAD that the stored object is of this upload, not an older one with the same key. */
export const ID_HEADER = 'x-oss-meta-upcall-id'

/**
 * Makes OSS refuse an upload to a key that has an object: without it, a page could replace the object after its receipt.
 * OSS ignores it in buckets with versioning, where the receipt names the version instead.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
export function buildOverwriteHeaders({
  allowOverwrite,
}: Pick<ReadyProfile, 'allowOverwrite'>): Record<string, string> {
  return allowOverwrite ? {} : { 'x-oss-forbid-overwrite': 'true' }
}

/** Headers or form fields, in the spelling of the documentation, without the content type. */
export function buildObjectHeaders(
  profile: ReadyProfile,
  upload: AdmittedUpload,
  secrets: Secrets,
): Record<string, string> {
  const { contentDisposition, cacheControl, storageClass, acl } = profile
  const headers: Record<string, string> = { [ID_HEADER]: upload.id }
  // The sweep reads them; objects of a direct profile are the business of the application's own server.
  if (!profile.direct) headers[FACTS_HEADER] = encryptObjectFacts(upload, secrets)
  // A page must not run in the origin of the bucket: it could read all other files there.
  const isShown = isShownType(upload.type.split(';', 1)[0] ?? '')
  if (!isShown && !/^attachment[ \t]*(?:;|$)/i.test(contentDisposition ?? '')) {
    headers['Content-Disposition'] = 'attachment'
  } else if (contentDisposition !== undefined) {
    headers['Content-Disposition'] = contentDisposition
  }
  if (cacheControl !== undefined) headers['Cache-Control'] = cacheControl
  if (storageClass !== undefined) headers['x-oss-storage-class'] = storageClass
  if (acl !== undefined) headers['x-oss-object-acl'] = acl
  Object.assign(headers, buildOverwriteHeaders(profile))
  return headers
}
