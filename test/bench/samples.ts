/**
 * The texts that all contenders sign: an upload as the service itself would issue it. The callback's variables
 * differ from call to call, as in production, so that no cache improves a figure.
 */
import type { CallbackVars } from '../../src/protocol/callback.ts'
import { encodeCallback, encodeCallbackVars } from '../../src/protocol/callback.ts'
import { buildSeal } from '../../src/signer/seal.ts'
import { createUpload, ISSUER } from '../support/samples.ts'

/** Different texts, used in turn. */
export const VARIETY = 1024

export const CREDENTIALS = {
  accessKeyId: 'LTAItestaccesskeyid0',
  accessKeySecret: 'a-secret-of-thirty-characters-',
}
export const REGION = 'cn-hangzhou'
export const BUCKET = 'examplebucket'
export const KEY = 'avatars/user-42/AAAAAAAAAAAAAAAAAAAAAA.png'
export const EXPIRES_SECONDS = 900

export const CALLBACK = {
  url: 'https://uploads.example.com/callbacks/oss',
  body: [
    'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&type=${mimeType}&crc64=${crc64}',
    'contentMd5=${contentMd5}&clientIp=${clientIp}&reqId=${reqId}&operation=${operation}',
    'name=${x:name}&seal=${x:seal}',
  ].join('&'),
}

/** `callback-var` of upload number `at`: the file's name and the seal. */
export function buildVars(at: number): CallbackVars {
  const id = at.toString(36).padStart(22, 'A')
  return {
    'x:name': `photo ${at}.png`,
    'x:seal': buildSeal(createUpload({ id, key: KEY }), ISSUER.secrets),
  }
}

export type QuerySample = {
  callback: string
  'callback-var': string
}

export function buildQueries(count = VARIETY): QuerySample[] {
  const { callback } = encodeCallback(CALLBACK, buildVars(0))
  return Array.from({ length: count }, (_, at) => ({
    callback,
    'callback-var': encodeCallbackVars(buildVars(at)),
  }))
}

/** The headers of the presigned PUT, and which of them are signed besides the usual ones. */
export const HEADERS = {
  'Content-Type': 'image/png',
  'x-oss-meta-upcall-id': 'AAAAAAAAAAAAAAAAAAAAAA',
  'Content-Length': '1000',
}
export const ADDITIONAL_HEADERS = ['content-length']

/** Hands out the items in turn, for ever. */
export function inTurn<T>(items: readonly [T, ...T[]] | readonly T[]): () => T {
  let at = 0
  return () => {
    at = at + 1 < items.length ? at + 1 : 0
    return items[at] as T
  }
}
