/**
 * One POST with the headers of Standard Webhooks, and its response within bounds: of size, of time, and never redirected.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { parseWebhookSecret, signWebhook } from '../../webhook/signature.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import { DeliveryError } from './outbox.ts'
import { describeNetworkError, describeStatus } from './webhook-failure.ts'
import type { WebhookSettings } from './webhook-settings.ts'

export interface SignedPostOptions extends WebhookSettings {
  fetch: typeof fetch
  now: () => Date
}

/** Of a response 2xx. */
export interface PostResponse {
  status: number
  /** The header `content-type`; empty when there is none. */
  type: string
  text: string
}

/** Throws {DeliveryError} and nothing else; its messages name the host, never path or query. */
export type SignedPost = (
  id: string,
  body: Uint8Array<ArrayBuffer>,
  mediaType: string,
  signal: AbortSignal,
  /** Of W3C Trace Context. */
  traceparent?: string | undefined,
) => Promise<PostResponse>

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

/** @param options checked by `checkWebhookSettings` */
export function createSignedPost({
  url,
  secrets,
  fetch: fetcher,
  now,
}: SignedPostOptions): SignedPost {
  const { href, host } = new URL(url)
  const keys = secrets.map(parseWebhookSecret)

  function send(
    ...[id, body, mediaType, signal, traceparent]: Parameters<SignedPost>
  ): Promise<Response> {
    const timestamp = String(Math.floor(now().getTime() / 1000))
    return fetcher(href, {
      method: 'POST',
      headers: {
        'content-type': mediaType,
        accept: 'application/json',
        // A small body must not become a large one here.
        'accept-encoding': 'identity',
        'user-agent': 'oss-upcall',
        ...(traceparent && { traceparent }),
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': keys.map((key) => signWebhook(key, { id, timestamp, body })).join(' '),
      },
      body,
      redirect: 'manual',
      signal,
    })
  }

  return async (id, body, mediaType, signal, traceparent) => {
    try {
      const response = await send(id, body, mediaType, signal, traceparent)
      const failure = describeStatus(response, host, now())
      if (failure) {
        // Not awaited: whoever sends an endless body must not hold the attempt.
        response.body?.cancel().catch(() => {})
        throw failure
      }
      const { status, headers } = response
      return {
        status,
        type: headers.get('content-type') ?? '',
        text: await readText(response, host),
      }
    } catch (error) {
      if (error instanceof DeliveryError) throw error
      throw describeNetworkError(error, host, signal)
    }
  }
}
