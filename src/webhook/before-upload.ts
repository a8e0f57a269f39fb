/** What the service asks before it issues a ticket: a CloudEvent, signed as all its webhooks. */
import { parseCloudEvent, refuseEvent } from './event.ts'

export const BEFORE_UPLOAD_TYPE = 'com.oss-upcall.upload.before'

export interface BeforeUploadEvent {
  specversion: '1.0'
  /** New for each question. Equals the header `webhook-id`. */
  id: string
  type: typeof BEFORE_UPLOAD_TYPE
  /** The public URL of the service. */
  source: string
  /** The user. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  data: {
    subject: string
    /** Of the user's token, or of the application's own `authenticate`. */
    claims: Readonly<Record<string, unknown>>
    /** Name of the profile. */
    profile: string
    /** Size in bytes. */
    file: { name: string; type: string; size: number }
    /** As the page sent them. */
    vars: Readonly<Record<string, string>>
    method: 'form' | 'put' | 'multipart'
    /** Of the page, when it is on another origin than the service. */
    origin?: string | undefined
  }
}

const TYPES: ReadonlySet<string> = new Set([BEFORE_UPLOAD_TYPE])

/**
 * Reads a body whose signature has been verified.
 *
 * @throws {WebhookError} `WEBHOOK_BODY`, `WEBHOOK_EVENT`
 */
export function parseBeforeUpload(body: Uint8Array, id: string): BeforeUploadEvent {
  const event = parseCloudEvent(body, id, TYPES)
  if (typeof event.data.subject !== 'string') return refuseEvent('has no subject')
  // Signed with our secret: the rest is as the service wrote it.
  return event as unknown as BeforeUploadEvent
}
