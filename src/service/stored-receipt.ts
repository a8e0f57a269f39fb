/** What a HEAD proves of a stored object: the receipt without a callback, for `confirm` and for the sweep. */
import type { HmacKey } from '../protocol/crypto.ts'
import type { Receipt } from '../signer/accept-callback.ts'
import type { AdmittedUpload } from '../signer/admit-upload.ts'
import { decryptObjectFacts, type FactsOwner, type ObjectFacts } from '../signer/object-facts.ts'
import type { Deps } from './deps.ts'
import { ServiceError } from './errors.ts'
import type { StoredObject } from './oss-client.ts'

type Known = ObjectFacts & FactsOwner

function buildReceipt(
  known: Known,
  stored: StoredObject,
  via: 'confirm' | 'sweep',
  at: Date,
): Receipt {
  const { id, subject, issuer, profile, bucket, key, name, vars } = known
  return {
    id,
    subject,
    issuer,
    profile,
    bucket,
    key,
    name,
    size: stored.size,
    type: stored.type,
    etag: stored.etag,
    crc64: stored.crc64,
    ...(stored.versionId && { versionId: stored.versionId }),
    vars: { ...vars },
    unverified: {},
    via,
    at,
  }
}

/** Whether the object has the checksums that the page declared. */
function agrees({ contentMd5, crc64 }: ObjectFacts, stored: StoredObject): boolean {
  return (
    (contentMd5 === undefined || stored.contentMd5 === contentMd5) &&
    (crc64 === undefined || stored.crc64 === crc64)
  )
}

/**
 * The receipt of an upload whose session is known.
 *
 * @throws {ServiceError} `OBJECT_MISMATCH` when the object is not the one of this upload
 */
export function buildConfirmedReceipt(
  upload: AdmittedUpload,
  stored: StoredObject,
  at: Date,
): Receipt {
  const isSame =
    stored.uploadedAs === upload.id &&
    stored.size === upload.size &&
    stored.type === upload.type &&
    agrees(upload, stored)
  if (isSame) {
    const { traceparent } = upload
    const receipt = buildReceipt(upload, stored, 'confirm', at)
    return traceparent ? { ...receipt, unverified: { traceparent } } : receipt
  }
  throw new ServiceError(
    'OBJECT_MISMATCH',
    'The object on OSS is not the one of this upload; start the upload again.',
  )
}

/**
 * The receipt of an object that was found in the bucket, from its own encrypted facts.
 *
 * @returns `undefined` for an object that no upload of this service stored
 */
export function buildSweptReceipt(
  place: Omit<FactsOwner, 'id'>,
  stored: StoredObject,
  secrets: readonly HmacKey[],
  at: Date,
): Receipt | undefined {
  const owner = { ...place, id: stored.uploadedAs }
  if (stored.uploadedAs === '' || stored.facts === '') return undefined
  const facts = decryptObjectFacts(stored.facts, owner, secrets)
  if (!facts || !agrees(facts, stored)) return undefined
  return buildReceipt({ ...owner, ...facts }, stored, 'sweep', at)
}

/**
 * What the object itself proves: whose it is, of which profile, its size and CRC-64.
 *
 * @returns undefined for an object that is gone, or that no upload of this service stored
 */
export async function readStoredReceipt(
  { oss, ticketContext, now }: Pick<Deps, 'oss' | 'ticketContext' | 'now'>,
  key: string,
): Promise<Receipt | undefined> {
  const { issuer, deployment, bucket, secrets } = ticketContext
  try {
    const place = { issuer, deployment, bucket, key }
    return buildSweptReceipt(place, await oss.head(key), secrets, now())
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'OBJECT_MISSING') return undefined
    throw error
  }
}
