/**
 * The upload callback as it is sent with the upload: `callback` and `callback-var`, JSON in Base64.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { toBase64 } from './bytes.ts'
import { ProtocolError } from './errors.ts'
import { MAX_CALLBACK_CHARS, MAX_CALLBACK_URLS } from './limits.ts'

export type CallbackBodyType = 'application/x-www-form-urlencoded' | 'application/json'

export interface Callback {
  /** One to five, tried in order until one responds. Path and query percent-encoded. */
  url: string | readonly string[]
  /** `Host` header of the callback. @default the host of the URL in use */
  host?: string
  /** Constants and `${…}` variables. In JSON OSS adds the quotes of a text: `{"object":${object}}`. */
  body: string
  /** @default 'application/x-www-form-urlencoded' */
  bodyType?: CallbackBodyType
  /** Send TLS SNI. OSS's default is false, which fails for https hosts that share an address. @default true */
  sni?: boolean
}

export type CallbackVars = Readonly<Record<`x:${string}`, string>>

/** The variables that OSS fills in, case-sensitive. */
const SYSTEM_VARIABLES = new Set([
  'bucket',
  'object',
  'etag',
  'size',
  'mimeType',
  'imageInfo.height',
  'imageInfo.width',
  'imageInfo.format',
  'crc64',
  'contentMd5',
  'vpcId',
  'clientIp',
  'reqId',
  'operation',
])

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::\d{1,5})?$/i

/** @throws {ProtocolError} `CALLBACK_URL` */
function checkUrl(url: string): void {
  // Visible ASCII without `;`, which separates the URLs; the rest must be percent-encoded.
  if (!/^[!-:<-~]+$/.test(url)) {
    throw new ProtocolError(
      'CALLBACK_URL',
      'A callback URL must be percent-encoded ASCII, with %3B for a semicolon.',
    )
  }
  let parsed: URL
  try {
    parsed = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`)
  } catch (cause) {
    throw new ProtocolError('CALLBACK_URL', 'A callback URL cannot be parsed.', { cause })
  }
  const usable = /^https?:$/.test(parsed.protocol) && HOST.test(parsed.host)
  if (!usable || parsed.username || parsed.password || parsed.hash) {
    throw new ProtocolError(
      'CALLBACK_URL',
      'A callback URL is http or https, a host name or IPv4 address, path and query.',
    )
  }
}

/** @throws {ProtocolError} `CALLBACK_BODY` */
function checkBody(body: string, vars?: CallbackVars): void {
  if (body === '') throw new ProtocolError('CALLBACK_BODY', 'The callback body must not be empty.')
  for (const [text, name] of body.matchAll(/\$(?:\{([^{}]*)\})?/g)) {
    if (text === '$') {
      throw new ProtocolError(
        'CALLBACK_BODY',
        'A $ in the callback body must begin a variable such as ${object}; OSS accepts no other $.',
      )
    }
    const isKnown = name?.startsWith('x:')
      ? !vars || Object.hasOwn(vars, name)
      : SYSTEM_VARIABLES.has(name ?? '')
    if (!isKnown) {
      throw new ProtocolError(
        'CALLBACK_BODY',
        `The callback body names an unknown variable: ${text}.`,
      )
    }
  }
}

/** @throws {ProtocolError} `CALLBACK_VAR` */
export function checkCallbackVars(vars: CallbackVars): void {
  for (const [name, value] of Object.entries<unknown>(vars)) {
    if (!/^x:[a-z0-9_.-]+$/.test(name)) {
      throw new ProtocolError(
        'CALLBACK_VAR',
        'A callback variable is named x: and lower-case letters.',
      )
    }
    if (typeof value !== 'string' || !value.isWellFormed()) {
      throw new ProtocolError('CALLBACK_VAR', `The callback variable ${name} must be a text.`)
    }
  }
}

function encode(value: object, parameter: string): string {
  const text = toBase64(JSON.stringify(value))
  if (text.length > MAX_CALLBACK_CHARS) {
    throw new ProtocolError(
      'CALLBACK_TOO_LONG',
      `${parameter} has ${text.length} characters in Base64, OSS takes ${MAX_CALLBACK_CHARS}.`,
    )
  }
  return text
}

/**
 * Encodes a callback for a header, a query or a form. (A form has the variables as fields `x:…` instead.)
 *
 * @returns Base64 texts; for a query they still need percent-encoding
 * @throws {ProtocolError} `CALLBACK_URL`, `CALLBACK_BODY`, `CALLBACK_VAR`, `CALLBACK_TOO_LONG`
 */
export function encodeCallback(
  { url, host, body, bodyType = 'application/x-www-form-urlencoded', sni = true }: Callback,
  vars?: CallbackVars,
): { callback: string; callbackVar?: string } {
  const urls = typeof url === 'string' ? [url] : url
  if (urls.length < 1 || urls.length > MAX_CALLBACK_URLS) {
    throw new ProtocolError('CALLBACK_URL', `A callback has 1 to ${MAX_CALLBACK_URLS} URLs.`)
  }
  urls.forEach(checkUrl)
  if (host !== undefined && !HOST.test(host)) {
    throw new ProtocolError('CALLBACK_URL', 'The callback host is not a host name or IPv4 address.')
  }
  if (bodyType !== 'application/json' && bodyType !== 'application/x-www-form-urlencoded') {
    throw new ProtocolError('CALLBACK_BODY', 'The callback body is form-encoded or JSON.')
  }
  checkBody(body, vars)
  if (vars) checkCallbackVars(vars)

  const callback = encode(
    {
      callbackUrl: urls.join(';'),
      ...(host !== undefined && { callbackHost: host }),
      callbackBody: body,
      callbackBodyType: bodyType,
      ...(sni && { callbackSNI: true }),
    },
    'callback',
  )
  return vars && Object.keys(vars).length > 0
    ? { callback, callbackVar: encodeCallbackVars(vars) }
    : { callback }
}

/**
 * The variables alone, for a callback that is encoded already.
 *
 * @throws {ProtocolError} `CALLBACK_VAR`, `CALLBACK_TOO_LONG`
 */
export function encodeCallbackVars(vars: CallbackVars): string {
  checkCallbackVars(vars)
  return encode(vars, 'callback-var')
}
