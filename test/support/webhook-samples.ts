/** A receipt, an event and its signed request, for the tests of webhooks. No module of Node: they run in workerd, too. */
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { buildEventText } from '../../src/service/delivery/event.ts'
import type { DeliveryAttempt } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { parseWebhookSecret, signWebhook } from '../../src/webhook/signature.ts'
import { START } from './clock.ts'

/** 24 and 32 bytes. */
export const SECRET = 'whsec_UExBTlRFRC13ZWJob29rLXNlY3JldC0x'
export const OTHER_SECRET = 'whsec_UExBTlRFRC1vdGhlci13ZWJob29rLXNlY3JldC0wMDI='

export const SOURCE = 'https://uploads.example.com'

export const RECEIPT: Receipt = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  subject: 'user-42',
  issuer: 'https://login.example.com',
  profile: 'avatars',
  bucket: 'examplebucket',
  key: 'avatars/user-42/AAAAAAAAAAAAAAAAAAAAAA.png',
  name: '海边 🏖.png',
  size: 1000,
  type: 'image/png',
  etag: '5D41402ABC4B2A76B9719D911017C592',
  crc64: '9962899395194021233',
  vars: { album: '夏天' },
  unverified: { image: { width: 10, height: 20, format: 'png' }, operation: 'PostObject' },
  via: 'callback',
  at: new Date('2026-11-22T07:59:58.123Z'),
}

/** What the page gets where the application says nothing. */
export const FACTS = {
  id: RECEIPT.id,
  key: RECEIPT.key,
  name: RECEIPT.name,
  size: RECEIPT.size,
  type: RECEIPT.type,
  etag: RECEIPT.etag,
  crc64: RECEIPT.crc64,
  profile: RECEIPT.profile,
  unverified: { image: RECEIPT.unverified.image },
}

export function createAttempt(changes: Partial<DeliveryAttempt> = {}): DeliveryAttempt {
  const signal = new AbortController().signal
  return { eventId: RECEIPT.id, event: 'stored', number: 1, signal, ...changes }
}

export interface SignedRequest {
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
}

export interface SigningChanges {
  secrets?: readonly string[]
  id?: string
  at?: Date
  text?: string
}

/** As the service sends it, or with any of its parts changed before it is signed. */
export function signRequest({
  secrets = [SECRET],
  id = RECEIPT.id,
  at = START,
  text = buildEventText(RECEIPT, { eventId: id, event: 'stored' }, SOURCE),
}: SigningChanges = {}): SignedRequest {
  const body = toUtf8(text)
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const keys = secrets.map(parseWebhookSecret)
  return {
    headers: {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': keys.map((key) => signWebhook(key, { id, timestamp, body })).join(' '),
    },
    body,
  }
}
