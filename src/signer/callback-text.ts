/**
 * The callback parameters of an upload: the service's own form-encoded body, or the body that a direct profile gives.
 */
import { type Cache, createCache } from '../protocol/cache.ts'
import {
  type Callback,
  type CallbackVars,
  encodeCallback,
  encodeCallbackVars,
} from '../protocol/callback.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { isReadableImage } from './media-type.ts'
import type { ReadyProfile } from './profile.ts'
import { buildSeal } from './seal.ts'
import type { Secrets } from './token.ts'

const FACTS = [
  ['bucket', 'bucket'],
  ['object', 'object'],
  ['etag', 'etag'],
  ['size', 'size'],
  ['type', 'mimeType'],
  ['crc64', 'crc64'],
  ['contentMd5', 'contentMd5'],
  ['clientIp', 'clientIp'],
  ['reqId', 'reqId'],
  ['operation', 'operation'],
] as const

const IMAGE_FACTS = [
  ['width', 'imageInfo.width'],
  ['height', 'imageInfo.height'],
  ['format', 'imageInfo.format'],
] as const

type Pair = readonly [name: string, variable: string]

function listPairs(isImage: boolean, vars: readonly string[], own: readonly string[]): Pair[] {
  return [
    ...FACTS,
    ...own.map((name): Pair => [name, `x:${name}`]),
    ...vars.map((name): Pair => [`x:${name}`, `x:${name}`]),
    ...(isImage ? IMAGE_FACTS : []),
  ]
}

function formBody(pairs: readonly Pair[]): string {
  return pairs.map(([name, variable]) => `${name}=\${${variable}}`).join('&')
}

const QUOTED: ReadonlySet<string> = new Set(['crc64', 'imageInfo.width', 'imageInfo.height'])

/**
 * In JSON, OSS adds the quotes of texts. Width and height come without quotes and are empty when OSS cannot read the
 * image; the CRC-64 is a number that most JSON readers round: these get quotes here. The format is left out, because it
 * has quotes for images and is empty for other files.
 */
function jsonBody(pairs: readonly Pair[]): string {
  const members = pairs
    .filter(([name]) => name !== 'format')
    .map(([name, variable]) => {
      const value = `\${${variable}}`
      return `"${name}":${QUOTED.has(variable) ? `"${value}"` : value}`
    })
  return `{${members.join(',')}}`
}

const OWN = ['name', 'seal'] as const
/** Direct receivers learn the uploader from these. */
const OWN_DIRECT = ['id', 'sub', 'profile', 'name', 'seal'] as const

function planCallback(
  profile: ReadyProfile,
  callbackUrl: string,
  upload: AdmittedUpload,
  vars: readonly string[],
): Callback {
  const { direct } = profile
  const own: readonly string[] = direct ? OWN_DIRECT : OWN
  const isImage = isReadableImage(upload.type)
  const pairs = listPairs(isImage, vars, upload.traceparent ? [...own, 'traceparent'] : own)
  if (!direct) return { url: callbackUrl, body: formBody(pairs) }
  const isJson = direct.bodyType === 'application/json'
  return {
    url: direct.url,
    body: direct.body ?? (isJson ? jsonBody(pairs) : formBody(pairs)),
    ...(direct.bodyType && { bodyType: direct.bodyType }),
    ...(direct.host && { host: direct.host }),
    ...(direct.sni !== undefined && { sni: direct.sni }),
  }
}

/** Per profile: images and other files, with and without a trace, times the sets of variables that pages send. */
const MAX_TEXTS = 64
const textsOf = new WeakMap<ReadyProfile, Cache<string, string>>()

/**
 * The `callback` parameter, Base64. It depends on the profile, on whether OSS can read the file as an image, and on
 * the names of the variables, but not on the upload: so it is cached. A trace adds a variable of its own.
 *
 * @throws {ProtocolError} `CALLBACK_BODY`, `CALLBACK_TOO_LONG`
 */
export function buildCallbackText(
  profile: ReadyProfile,
  callbackUrl: string,
  upload: AdmittedUpload,
): string {
  const isImage = isReadableImage(upload.type)
  const vars = Object.keys(upload.vars)
  const kind = `${isImage ? 'image' : 'other'}${upload.traceparent ? ' traced' : ''}`
  const dependsOn = `${kind} ${vars.join(' ')} ${callbackUrl}`
  const texts = textsOf.get(profile) ?? createCache({ maxEntries: MAX_TEXTS })
  textsOf.set(profile, texts)
  const known = texts.get(dependsOn)
  if (known !== undefined) return known
  const { callback } = encodeCallback(planCallback(profile, callbackUrl, upload, vars))
  texts.set(dependsOn, callback)
  return callback
}

/** Every variable of the callback with its value, including the seal. */
export function buildCallbackVars(
  profile: ReadyProfile,
  upload: AdmittedUpload,
  secrets: Secrets,
): CallbackVars {
  const vars: Record<`x:${string}`, string> = {
    'x:name': upload.name,
    'x:seal': buildSeal(upload, secrets),
  }
  if (profile.direct) {
    vars['x:id'] = upload.id
    vars['x:sub'] = upload.subject
    vars['x:profile'] = upload.profile
  }
  if (upload.traceparent) vars['x:traceparent'] = upload.traceparent
  for (const name in upload.vars) vars[`x:${name}`] = upload.vars[name] ?? ''
  return vars
}

/** Both parameters, for a signed query. */
export function buildCallbackQuery(
  profile: ReadyProfile,
  callbackUrl: string,
  upload: AdmittedUpload,
  secrets: Secrets,
): { callback: string; 'callback-var': string } {
  return {
    callback: buildCallbackText(profile, callbackUrl, upload),
    'callback-var': encodeCallbackVars(buildCallbackVars(profile, upload, secrets)),
  }
}
