/**
 * The application's word on an upload, asked for by one signed POST: headers of Standard Webhooks, body of CloudEvents, as
 * the webhooks of the delivery. It is not tried again: a page waits.
 */
import { toUtf8 } from '../protocol/bytes.ts'
import { BEFORE_UPLOAD_TYPE, type BeforeUploadEvent } from '../webhook/before-upload.ts'
import { EVENT_MEDIA_TYPE } from '../webhook/event.ts'
import {
  BEFORE_UPLOAD_LIMIT_MS,
  type OnBeforeUpload,
  readBeforeUploadResult,
} from './before-upload.ts'
import { createSignedPost } from './delivery/signed-post.ts'
import type { WebhookSettings } from './delivery/webhook-settings.ts'

export interface BeforeWebhookSettings extends WebhookSettings {
  /** From the first byte to the last, ms. @default 2 000 */
  timeoutMs?: number | undefined
}

export interface BeforeWebhookOptions extends BeforeWebhookSettings {
  /** The public URL of the service: the `source` of its events. */
  source: string
  fetch: typeof fetch
  now: () => Date
  newId: () => string
}

/** @returns a function that throws {DeliveryError} or {TypeError}; their messages name the host, never path or query */
export function createBeforeWebhook({
  source,
  now,
  newId,
  timeoutMs = BEFORE_UPLOAD_LIMIT_MS,
  ...rest
}: BeforeWebhookOptions): OnBeforeUpload {
  const post = createSignedPost({ ...rest, now })
  // `request` stays here: its headers hold tokens and cookies.
  return async ({ request, ...upload }) => {
    const id = newId()
    const event: BeforeUploadEvent = {
      specversion: '1.0',
      id,
      type: BEFORE_UPLOAD_TYPE,
      source,
      subject: upload.subject,
      time: now().toISOString(),
      datacontenttype: 'application/json',
      data: { ...upload, origin: request.headers.get('origin') ?? undefined },
    }
    const signal = AbortSignal.timeout(timeoutMs)
    const body = toUtf8(JSON.stringify(event))
    const { text } = await post(id, body, EVENT_MEDIA_TYPE, signal)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      // The parser's message quotes the text.
      throw new TypeError(`The webhook at ${new URL(rest.url).host} responded not in JSON.`)
    }
    return readBeforeUploadResult(value)
  }
}
