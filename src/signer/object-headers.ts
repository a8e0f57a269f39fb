/**
 * What OSS stores beside the bytes, the same for all three kinds of upload.
 */
import type { HmacKey } from '../protocol/crypto.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { isActiveType } from './media-type.ts'
import { encryptObjectFacts, FACTS_HEADER } from './object-facts.ts'
import type { ReadyProfile } from './profile.ts'

/** Proves in a HEAD that the stored object is the one of this very upload, not an older one under the same key. */
export const ID_HEADER = 'x-oss-meta-upcall-id'

/** Headers (or form fields) in their documented spelling, all but the content type. */
export function buildObjectHeaders(
  profile: ReadyProfile,
  upload: AdmittedUpload,
  secret: HmacKey,
): Record<string, string> {
  const { contentDisposition, cacheControl, storageClass, acl, template } = profile
  const headers: Record<string, string> = { [ID_HEADER]: upload.id }
  // The sweep reads them; objects of a direct profile are the business of the application's own server.
  if (!profile.direct) headers[FACTS_HEADER] = encryptObjectFacts(upload, secret)
  // A page in the bucket's origin must not run: it would read every other file there.
  const isActive = isActiveType(upload.type.split(';', 1)[0] ?? '')
  if (isActive && !/^attachment[ \t]*(?:;|$)/i.test(contentDisposition ?? '')) {
    headers['Content-Disposition'] = 'attachment'
  } else if (contentDisposition !== undefined) {
    headers['Content-Disposition'] = contentDisposition
  }
  if (cacheControl !== undefined) headers['Cache-Control'] = cacheControl
  if (storageClass !== undefined) headers['x-oss-storage-class'] = storageClass
  if (acl !== undefined) headers['x-oss-object-acl'] = acl
  // Costs OSS time above 1 000 requests a second, and a key with a random id cannot exist yet.
  if (!template.hasId) headers['x-oss-forbid-overwrite'] = 'true'
  return headers
}
