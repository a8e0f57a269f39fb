/**
 * Signs inside workerd, many times a request. Its clock does not move while it computes, so the time is measured
 * from outside. GET /ours?count=1000, /bare?count=1000
 */
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { hmacSha256Hex, sha256Hex } from '../../src/protocol/crypto.ts'
import { presign } from '../../src/protocol/presign.ts'
import { buildSigningKey, type Scope } from '../../src/protocol/signing-key.ts'
import * as sample from './samples.ts'
import { buildTexts } from './texts.ts'

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

function toHex(buffer: ArrayBuffer): string {
  let text = ''
  for (const byte of new Uint8Array(buffer)) text += byte.toString(16).padStart(2, '0')
  return text
}

function createWork() {
  const queries = sample.buildQueries()
  const now = new Date()
  const options = {
    credentials: sample.CREDENTIALS,
    now,
    expiresInSeconds: sample.EXPIRES_SECONDS,
  }
  const place = { bucket: sample.BUCKET, key: sample.KEY, region: sample.REGION }
  const { key, texts } = buildTexts(queries, options)
  const scope: Scope = {
    date: now.toISOString().slice(0, 10).replaceAll('-', ''),
    region: sample.REGION,
  }
  const raw = buildSigningKey(sample.CREDENTIALS.accessKeySecret, scope)
  const webKey = crypto.subtle.importKey('raw', Uint8Array.from(raw), HMAC, false, ['sign'])
  const nextQuery = sample.inTurn(queries)
  const nextText = sample.inTurn(texts)

  return {
    ours: () =>
      presign(
        {
          ...place,
          method: 'PUT',
          query: nextQuery(),
          headers: sample.HEADERS,
          additionalHeaders: sample.ADDITIONAL_HEADERS,
        },
        options,
      ).url.length,
    native: () => {
      const { canonical, toSign } = nextText()
      return sha256Hex(canonical).length + hmacSha256Hex(key, toSign).length
    },
    bare: async () => {
      const { canonical, toSign } = nextText()
      const hash = toHex(await crypto.subtle.digest('SHA-256', toUtf8(canonical)))
      return (
        hash.length + toHex(await crypto.subtle.sign('HMAC', await webKey, toUtf8(toSign))).length
      )
    },
  }
}

let work: ReturnType<typeof createWork> | undefined

async function respond(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const name = pathname.slice(1)
  work ??= createWork()
  if (name !== 'ours' && name !== 'native' && name !== 'bare') return new Response('ok')
  const count = Number(searchParams.get('count'))
  let length = 0
  if (name === 'bare') for (let call = 0; call < count; call += 1) length += await work.bare()
  else for (let call = 0; call < count; call += 1) length += work[name]()
  return new Response(String(length))
}

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default { fetch: respond }
