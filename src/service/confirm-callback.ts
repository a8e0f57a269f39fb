/**
 * A callback with a valid seal → a HEAD of the object → the receipt. A signed callback proves little: its key is the same
 * for all customers of OSS. That the object is there, as this very upload stored it, makes it true.
 */
import type { Address } from '../protocol/address.ts'
import type { Credentials } from '../protocol/signing-key.ts'
import { type AcceptedCallback, completeReceipt, type Receipt } from '../signer/accept-callback.ts'
import { type CredentialsProvider, createCredentials } from '../signer/credentials.ts'
import { ServiceError } from './errors.ts'
import { createOssClient, type OssClient, type StoredObject } from './oss-client.ts'

/** Part of the 5 s in which OSS wants the response, ms. */
const HEAD_MS = 3000

/** @throws {ServiceError} `OBJECT_MISSING`, `OBJECT_MISMATCH`, `OSS_UNREACHABLE`, `OSS_ERROR` */
export async function headOfCallback(
  accepted: AcceptedCallback,
  oss: Pick<OssClient, 'head'>,
  timeoutMs: number,
): Promise<StoredObject> {
  const stored = await oss.head(accepted.key, timeoutMs)
  const isSame =
    stored.size === accepted.size &&
    stored.type === accepted.type &&
    stored.etag === accepted.unverified.etag &&
    stored.crc64 === accepted.unverified.crc64 &&
    stored.uploadedAs === accepted.id
  if (!isSame) {
    throw new ServiceError(
      'OBJECT_MISMATCH',
      'The object on OSS is not the one that the callback names.',
    )
  }
  return stored
}

/** Where the object is, and a key that may read it (`oss:GetObject`). */
export interface ConfirmCallbackOptions
  extends Pick<Address, 'region' | 'endpoint' | 'addressing'> {
  credentials: Credentials | CredentialsProvider
  /** @default 3 000: OSS waits five seconds for the response to its callback */
  timeoutMs?: number
  fetch?: typeof fetch
  now?: () => Date
}

/**
 * For servers that receive callbacks without the service: what `acceptCallback` returned, checked against the object.
 *
 * @throws {ServiceError} `OBJECT_MISSING`, `OBJECT_MISMATCH`, `OSS_UNREACHABLE`, `OSS_ERROR`; `retryable` says whether asking
 *   again can help
 */
export async function confirmCallback(
  accepted: AcceptedCallback,
  options: ConfirmCallbackOptions,
): Promise<Receipt> {
  const { credentials, timeoutMs = HEAD_MS, now = () => new Date(), ...address } = options
  const { fetch: fetcher = fetch, ...place } = address
  const oss = createOssClient({
    ...place,
    bucket: accepted.bucket,
    credentials: createCredentials(credentials),
    fetch: fetcher,
    now,
  })
  return completeReceipt(accepted, await headOfCallback(accepted, oss, timeoutMs))
}
