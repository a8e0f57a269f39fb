/**
 * A signed webhook as a `Deliver`: headers of Standard Webhooks 1.0.0, body a CloudEvents 1.0 event.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import type { Receipt } from '../../signer/accept-callback.ts'
import { WebhookError } from '../../webhook/errors.ts'
import { EVENT_MEDIA_TYPE, type UploadEvent, type UploadEventType } from '../../webhook/event.ts'
import { MAKE_WEBHOOK_SECRET, parseWebhookSecret, signWebhook } from '../../webhook/signature.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import { buildDefaultResponse } from './deliver.ts'
import { type Deliver, DeliveryError, type DeliveryEventType } from './outbox.ts'

export interface WebhookSettings {
  /** Of the application: https, or http on this machine. */
  url: string
  /** `whsec_…`; all sign, so that the receiver may know the old or the new one. */
  secrets: readonly string[]
}

export interface WebhookOptions extends WebhookSettings {
  /** The public URL of the service. */
  source: string
  fetch: typeof fetch
  now: () => Date
}

const EVENT_TYPES = {
  stored: 'com.oss-upcall.upload.stored',
  replaced: 'com.oss-upcall.upload.replaced',
  dead: 'com.oss-upcall.upload.dead',
} as const satisfies Record<DeliveryEventType, UploadEventType>

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
/** Each makes a signature of 48 characters in one header. */
const MAX_SECRETS = 10

/** @returns what is wrong, each as the end of a sentence that begins with the setting's name; quotes no value */
export function checkWebhookSettings(
  settings: WebhookSettings,
): { setting: 'url' | 'secrets'; words: string }[] {
  const issues: { setting: 'url' | 'secrets'; words: string }[] = []
  const url = URL.canParse(settings.url) ? new URL(settings.url) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    issues.push({ setting: 'url', words: 'must be an https URL' })
  } else if (url.username || url.password) {
    issues.push({
      setting: 'url',
      words: 'must not hold a user or password; the signature is the proof',
    })
  } else if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    issues.push({ setting: 'url', words: 'must be https; http is for this machine only' })
  }
  if (settings.secrets.length === 0) {
    issues.push({ setting: 'secrets', words: `is missing; ${MAKE_WEBHOOK_SECRET}` })
  } else if (settings.secrets.length > MAX_SECRETS) {
    issues.push({
      setting: 'secrets',
      words: `has more than ${MAX_SECRETS} secrets; two are enough for a change`,
    })
  }
  for (const secret of settings.secrets) {
    try {
      parseWebhookSecret(secret)
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error
      issues.push({
        setting: 'secrets',
        words: `holds one that cannot be used. ${error.message.replace(/\.$/, '')}`,
      })
      break
    }
  }
  return issues
}

function buildEvent(receipt: Receipt, id: string, type: DeliveryEventType, source: string): string {
  const at = receipt.at.toISOString()
  const event: UploadEvent = {
    specversion: '1.0',
    id,
    type: EVENT_TYPES[type],
    source,
    subject: receipt.key,
    time: at,
    datacontenttype: 'application/json',
    data: { ...receipt, at },
  }
  return JSON.stringify(event)
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function readRetryAfter(text: string | null, now: Date): number | undefined {
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now.getTime()) / 1000))
}

/** @throws {DeliveryError} `DELIVERY_RESPONSE` for more than the page may get; the rest is not read */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length >= MAX_RESPONSE_BYTES) {
      throw new DeliveryError(
        'DELIVERY_RESPONSE',
        `The webhook's response has ${MAX_RESPONSE_BYTES} bytes or more; OSS passes on fewer.`,
      )
    }
    try {
      text += decoder.decode(chunk, { stream: true })
    } catch (cause) {
      throw new DeliveryError('DELIVERY_RESPONSE', "The webhook's response is not UTF-8.", {
        cause,
      })
    }
  }
  return text + decoder.decode()
}

/** A short word about a failed connection: Node and workerd say it in different places. */
function describeCause(error: unknown): string {
  for (let current: unknown = error, depth = 0; depth < 4; depth += 1) {
    const code = (current as { code?: unknown } | undefined)?.code
    if (typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)) return ` (${code})`
    current = (current as { cause?: unknown } | undefined)?.cause
  }
  return ''
}

/** Asks for nothing compressed: a small body must not become a large one here. */
const PLAIN = { 'accept-encoding': 'identity', accept: 'application/json' }

/**
 * Sends each event as one POST. Any 2xx is success, and its JSON body becomes the page's response; an empty body, or
 * one that is not JSON, means the default response.
 *
 * @throws {WebhookError} `WEBHOOK_SECRET` when a secret cannot be used
 */
export function createWebhook({ url, secrets, source, fetch: send, now }: WebhookOptions): Deliver {
  const keys = secrets.map(parseWebhookSecret)

  async function post(id: string, body: string, signal: AbortSignal): Promise<Response> {
    const bytes = toUtf8(body)
    const timestamp = String(Math.floor(now().getTime() / 1000))
    const signatures = keys.map((key) => signWebhook(key, { id, timestamp, body: bytes }))
    try {
      return await send(url, {
        method: 'POST',
        headers: {
          ...PLAIN,
          'content-type': EVENT_MEDIA_TYPE,
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatures.join(' '),
        },
        body: bytes,
        redirect: 'manual',
        signal,
      })
    } catch (cause) {
      throw new DeliveryError(
        'DELIVERY_FAILED',
        `The webhook's server cannot be reached, or broke the connection off${describeCause(cause)}.`,
        { cause },
      )
    }
  }

  return async (receipt, { eventId, event, signal }) => {
    const response = await post(eventId, buildEvent(receipt, eventId, event, source), signal)
    const { status, headers, ok } = response
    if (!ok) {
      await response.body?.cancel().catch(() => {})
      if (status === 410) {
        throw new DeliveryError(
          'DELIVERY_GONE',
          'The webhook responded 410 Gone: it takes no more events.',
        )
      }
      const isRedirect = (status >= 300 && status < 400) || response.type === 'opaqueredirect'
      throw new DeliveryError(
        'DELIVERY_FAILED',
        isRedirect
          ? 'The webhook responded with a redirect, which is not followed; set the address that it leads to.'
          : `The webhook responded ${status}.`,
        { retryAfterSeconds: readRetryAfter(headers.get('retry-after'), now()) },
      )
    }
    let text: string
    try {
      text = await readText(response)
    } catch (cause) {
      if (cause instanceof DeliveryError) throw cause
      throw new DeliveryError(
        'DELIVERY_FAILED',
        `The webhook's response broke off${describeCause(cause)}.`,
        { cause },
      )
    }
    try {
      JSON.parse(text)
      return text
    } catch {
      return JSON.stringify(buildDefaultResponse(receipt))
    }
  }
}
