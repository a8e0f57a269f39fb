/**
 * Delivery by webhook: one signed POST per attempt. Headers of Standard Webhooks, body of CloudEvents.
 *
 * A 2xx with JSON or without a body is a delivery, and so is a 2xx with plain text, as frameworks send `OK`: then the
 * page gets the default response. Everything else fails and is tried again. That includes a 2xx with HTML: it comes from
 * a login page, or from a single-page application that responds to every path, and the event would be lost.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { EVENT_MEDIA_TYPE } from '../../webhook/event.ts'
import { ConfigError } from '../errors.ts'
import { buildDefaultResponse } from './deliver.ts'
import { buildEventText } from './event.ts'
import { type Deliver, DeliveryError } from './outbox.ts'
import { createSignedPost } from './signed-post.ts'
import { checkWebhookSettings, type WebhookSettings } from './webhook-settings.ts'

export interface WebhookOptions extends WebhookSettings {
  /** The public URL of the service: the `source` of its events. */
  source: string
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
  /** @default the system clock */
  now?: (() => Date) | undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * @throws {ConfigError} with all issues of URL and secrets
 * @returns a `Deliver` that throws {DeliveryError} and nothing else; its messages name the host, never path or query
 */
export function createWebhook({
  url,
  secrets,
  source,
  fetch: fetcher = (input, init) => fetch(input, init),
  now = () => new Date(),
}: WebhookOptions): Deliver {
  const issues = checkWebhookSettings({ url, secrets })
  if (issues.length > 0) {
    throw new ConfigError(issues.map(({ setting, words }) => `webhook.${setting} ${words}.`))
  }
  const { host } = new URL(url)
  const post = createSignedPost({ url, secrets, fetch: fetcher, now })

  return async (receipt, attempt) => {
    const body = toUtf8(buildEventText(receipt, attempt, source))
    const { status, type, text } = await post(
      attempt.eventId,
      body,
      EVENT_MEDIA_TYPE,
      attempt.signal,
      attempt.traceparent ?? receipt.unverified.traceparent,
    )
    if (isJson(text)) return text
    const isPlainText = /^text\/plain\b/i.test(type)
    if (text.trim() === '' || isPlainText) return JSON.stringify(buildDefaultResponse(receipt))
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      `The webhook at ${host} responded ${status} with something that is neither JSON nor plain text: a page, not an endpoint? Respond with JSON, or with 204 and no body.`,
    )
  }
}
