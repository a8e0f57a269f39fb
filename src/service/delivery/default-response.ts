/** The response for the page where the application has none of its own. */
import type { Receipt } from '../../signer/accept-callback.ts'

/** The facts of an upload that are its uploader's anyway. */
export function buildDefaultResponse(receipt: Receipt): object {
  const { id, key, name, size, type, etag, crc64, profile } = receipt
  const { image } = receipt.unverified
  return {
    ...{ id, key, name, size, type, etag, crc64, profile },
    ...(image && { unverified: { image } }),
  }
}
