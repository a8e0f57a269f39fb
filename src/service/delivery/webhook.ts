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
import { parseWebhookSecret, signWebhook } from '../../webhook/signature.ts'
import { ConfigError } from '../errors.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import { buildDefaultResponse } from './default-response.ts'
import { buildEventText } from './event.ts'
import { type Deliver, DeliveryError } from './outbox.ts'
import { describeNetworkError, describeStatus } from './webhook-failure.ts'
import { listWebhookIssues } from './webhook-settings.ts'

export interface WebhookOptions {
  url: string
  /** Each `whsec_…` that the receiver may know: two while it changes. */
  secrets: readonly string[]
  /** The public URL of the service: the `source` of its events. */
  source: string
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
  /** @default the system clock */
  now?: (() => Date) | undefined
}

/** @throws {DeliveryError} `DELIVERY_RESPONSE` when it is too long or not UTF-8; what the stream throws */
async function readText(response: Response, host: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  // Leaving the loop cancels the stream. Compressed bodies arrive here decompressed: the limit holds for them, too.
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length >= MAX_RESPONSE_BYTES) {
      const words = `The webhook at ${host} responded with ${MAX_RESPONSE_BYTES} bytes or more; OSS passes on fewer.`
      throw new DeliveryError('DELIVERY_RESPONSE', words)
    }
    text += decodeUtf8(() => decoder.decode(chunk, { stream: true }), host)
  }
  return text + decodeUtf8(() => decoder.decode(), host)
}

function decodeUtf8(decode: () => string, host: string): string {
  try {
    return decode()
  } catch {
    throw new DeliveryError('DELIVERY_RESPONSE', `The webhook at ${host} responded not in UTF-8.`)
  }
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
  const issues = url ? listWebhookIssues({ url, secrets }) : ['webhook.url is missing.']
  if (issues.length > 0) throw new ConfigError(issues)
  const { href, host } = new URL(url)
  const keys = secrets.map(parseWebhookSecret)

  function post(id: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Response> {
    const timestamp = String(Math.floor(now().getTime() / 1000))
    return fetcher(href, {
      method: 'POST',
      headers: {
        'content-type': EVENT_MEDIA_TYPE,
        accept: 'application/json',
        // A small body must not become a large one here.
        'accept-encoding': 'identity',
        'user-agent': 'oss-upcall',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': keys.map((key) => signWebhook(key, { id, timestamp, body })).join(' '),
      },
      body,
      redirect: 'manual',
      signal,
    })
  }

  return async (receipt, attempt) => {
    const body = toUtf8(buildEventText(receipt, attempt, source))
    let response: Response
    let text: string
    try {
      response = await post(attempt.eventId, body, attempt.signal)
      const failure = describeStatus(response, host, now())
      if (failure) {
        // Not awaited: whoever sends an endless body must not hold the attempt.
        response.body?.cancel().catch(() => {})
        throw failure
      }
      text = await readText(response, host)
    } catch (error) {
      if (error instanceof DeliveryError) throw error
      throw describeNetworkError(error, host, attempt.signal)
    }
    if (isJson(text)) return text
    const isPlainText = /^text\/plain\b/i.test(response.headers.get('content-type') ?? '')
    if (text.trim() === '' || isPlainText) return JSON.stringify(buildDefaultResponse(receipt))
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      `The webhook at ${host} responded ${response.status} with something that is neither JSON nor plain text: a page, not an endpoint? Respond with JSON, or with 204 and no body.`,
    )
  }
}
