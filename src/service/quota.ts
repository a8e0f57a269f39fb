/** The application's own word on an upload before its ticket is issued. */
import type { AdmittedUpload } from '../signer/admit-upload.ts'
import { ServiceError } from './errors.ts'

/** An upload that the profile admits. */
export type QuotaRequest = Pick<
  AdmittedUpload,
  'subject' | 'profile' | 'key' | 'name' | 'type' | 'size' | 'vars'
> & { method: 'form' | 'put' | 'multipart' }

export interface QuotaRefusal {
  /** For the page's user; no secret. */
  message: string
  /** When it may work: status 429 with `Retry-After` instead of 403. */
  retryAfterSeconds?: number | undefined
}

/**
 * Returns a refusal, or nothing to let the upload happen. What it throws is logged, and the page gets a 500. Called once
 * for each ticket: an upload that is never finished has been counted, too.
 */
export type CheckQuota = (
  request: QuotaRequest,
) => QuotaRefusal | undefined | Promise<QuotaRefusal | undefined>

/** @throws {ServiceError} `QUOTA_EXCEEDED` */
export async function enforceQuota(checkQuota: CheckQuota, upload: AdmittedUpload): Promise<void> {
  const { subject, profile, key, name, type, size, vars, method } = upload
  const refusal = await checkQuota({ subject, profile, key, name, type, size, vars, method })
  if (!refusal) return
  const { message, retryAfterSeconds } = refusal
  throw new ServiceError('QUOTA_EXCEEDED', message, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds, retryable: true }),
  })
}
