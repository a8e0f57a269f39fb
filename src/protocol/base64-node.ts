/**
 * `base64.ts` for Node: bytes are encoded by the decoder of Node's streams, and texts go through a shared buffer. Node 24 has
 * no `Uint8Array.prototype.toBase64`; the plain way, in `base64.ts`, takes 4 µs for the 100 bytes of an object's facts and
 * two for the policy of a form, here 0.1 and 1 (`npm run bench -- uploads`).
 */
import { StringDecoder } from 'node:string_decoder'

const standard = new StringDecoder('base64')
const urlSafe = new StringDecoder('base64url')
const encoder = new TextEncoder()
const scratch = new Uint8Array(16 * 1024)

/** @param decoder its `end` gives the text of these bytes alone, with padding where the encoding has it */
function encode(data: Uint8Array | string, decoder: StringDecoder): string {
  if (typeof data !== 'string') return decoder.end(data)
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (data.length * 3 > scratch.length) return decoder.end(encoder.encode(data))
  const bytes = scratch.subarray(0, encoder.encodeInto(data, scratch).written)
  const text = decoder.end(bytes)
  // Texts may be of users.
  bytes.fill(0)
  return text
}

/** Standard Base64 with padding, of bytes or of the UTF-8 bytes of a text. */
export function toBase64(data: Uint8Array | string): string {
  return encode(data, standard)
}

/** Base64url without padding, as JWS uses it, of bytes or of the UTF-8 bytes of a text. */
export function toBase64Url(data: Uint8Array | string): string {
  return encode(data, urlSafe)
}
