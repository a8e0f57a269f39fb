/** Receipts of different uploads, as the service makes them. */
import type { Receipt } from '../../src/signer/accept-callback.ts'

/** Upload ids begin with any of these: each has a Durable Object of its own. */
const FIRST = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

let made = 0

export function makeReceipt(): Receipt {
  made += 1
  const id = `${FIRST[made % FIRST.length]}AAAAAAAAA${String(made).padStart(12, '0')}`
  return {
    id,
    subject: 'user-42',
    issuer: 'https://login.example.com',
    profile: 'avatars',
    bucket: 'examplebucket',
    key: `avatars/user-42/${id}.png`,
    name: 'photo of the sea.png',
    size: 123_456,
    type: 'image/png',
    etag: '5D41402ABC4B2A76B9719D911017C592',
    crc64: '9962899395194021233',
    vars: { album: 'summer' },
    unverified: { requestId: '5C3D8D2A0ACA54D87B43C048', operation: 'PostObject' },
    via: 'callback',
    at: new Date(),
  }
}
