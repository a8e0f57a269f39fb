/**
 * oss-upcall/client/explain: what happened, why, and what to do, for each code. A separate entry, because few pages
 * need it.
 */
import type { UploadError } from './http/errors.ts'

const RESUME = 'What is stored stays stored: resume() continues from there.'
const BETWEEN = 'neither the upload service nor OSS, but something on the way'
const IS_ENDPOINT = 'Is `endpoint` the address of the upload service'

const SENTENCES: Readonly<Record<string, string>> = {
  ABORTED: 'The upload was cancelled.',
  CHECKSUM_MISMATCH:
    'OSS has other bytes than were read from the file, after several attempts. Something on the way changes them; try another network.',
  CONFIRM_FAILED: 'The file is stored, but the server has not confirmed it.',
  CORS: "The server can be reached, but refuses this page. Add the page's origin to the CORS rule of the bucket (methods PUT and POST, headers *), or to the allowed origins of the service.",
  CSP: "This page's Content-Security-Policy forbids the connection. Add the host to connect-src.",
  DOMAIN_NOT_ALLOWED:
    'The mini program may not connect to this host. Add it to the allowed domains on the platform: that of the upload service for requests, that of the bucket for uploads.',
  FILE_UNREADABLE:
    'The file cannot be read: it was changed, moved or removed, or it is a folder. Choose it again.',
  NETWORK: `The connection broke and did not come back. ${RESUME}`,
  OFFLINE: `This device is offline. ${RESUME}`,
  STALLED: `No byte moved for too long. ${RESUME}`,
  TIMEOUT:
    'The time limit of the platform for one request ran out (60 s in WeChat). Try again on a faster network, or choose a smaller file.',
  TRANSFORM_FAILED: 'The file could not be prepared for the upload.',
  UNEXPECTED: 'Something went wrong in this page; `cause` holds the error.',

  AccessDenied: 'OSS refuses what the ticket does not allow: another size, type, key or time.',
  EntityTooLarge: 'The file is larger than the ticket allows.',
  FileAlreadyExists: 'There is an object under this key already, and it must not be overwritten.',
  InvalidAccessKeyId: 'The access key of the upload service is unknown to OSS or disabled.',
  NoSuchBucket: 'The bucket of the upload service does not exist.',
  NoSuchUpload: 'OSS no longer has this upload: it was cancelled, or its parts have expired.',
  RequestTimeTooSkewed: 'The clock of the upload service is wrong.',
  SignatureDoesNotMatch:
    'The request was changed on its way, or the keys of the upload service are wrong.',
}

/** By status, of responses that are neither the service's JSON nor OSS's XML. */
const STATUS_SENTENCES: Readonly<Record<number, string>> = {
  401: `The request was refused by ${BETWEEN}, which requires a sign-in.`,
  403: `The request was refused by ${BETWEEN}: a proxy, a firewall or a sign-in page. Try another network.`,
  407: 'A proxy of this network requires a sign-in. Sign in there, or try another network.',
  408: `The request was too slow for ${BETWEEN}. Try again later.`,
  413: `The request is too large for ${BETWEEN}. Raise the limit of that proxy, or send smaller parts (\`method: 'multipart'\`, \`partSize\`).`,
  414: `The address of the request is too long for ${BETWEEN}. Raise the limit of that proxy.`,
  429: `Too many requests for ${BETWEEN}. Try again later.`,
  431: `The headers of the request are too long for ${BETWEEN}: the token in \`headers\`, or cookies of the site.`,
  451: `The request was refused by ${BETWEEN}, for legal reasons. Try another network.`,
  502: 'A gateway could not reach the server. Try again later.',
  503: 'A server on the way is overloaded or being restarted. Try again later.',
  504: 'A gateway got no response from the server in time. Try again later.',
  511: 'This network requires a sign-in. Sign in there, then try again.',
}

/** The address of the service or of OSS leads to something else. */
const WRONG_ADDRESS_STATUSES: readonly number[] = [404, 405, 410, 421]

/**
 * Why a callback failed, by OSS's EC.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
const CALLBACK_SENTENCES: Readonly<Record<string, string>> = {
  '0007-00000201': 'OSS had too many callbacks to make.',
  '0007-00000202': "The server did not respond to OSS's callback within 5 seconds.",
  '0007-00000203':
    "The server did not respond to OSS's callback with status 200; a redirect counts as an error. Its log has the reason.",
  '0007-00000205':
    "The server's response to OSS's callback is not JSON; a byte order mark or compression also makes it unreadable.",
}

const CALLBACK_RULES =
  'OSS needs a response with status 200, Content-Length and JSON below 1 MB within 5 seconds.'

/** OSS's codes are in camel case, the service's in capitals. */
const OSS_CODE = /^[A-Z][a-z]/
const SERVICE_STAGES: ReadonlySet<string> = new Set(['sign', 'confirm', 'resume', 'abort'])

/**
 * A page over https cannot connect without TLS, except to this device.
 *
 * @see https://www.w3.org/TR/mixed-content/
 */
function isBlockedOverHttps(pageProtocol: string, origin: string): boolean {
  return pageProtocol === 'https:' && /^http:\/\/(?!localhost|127\.|\[)/.test(origin)
}

/** @param status of a response that came from something else than the service and OSS */
function describeStatus(status: number, isFromService: boolean): string {
  if (WRONG_ADDRESS_STATUSES.includes(status)) {
    return isFromService
      ? `Nothing at this address takes uploads. ${IS_ENDPOINT}, and not of a page?`
      : 'Nothing at this address takes uploads. Is the address of OSS in the settings of the upload service (OSS_ENDPOINT, OSS_ADDRESSING) that of the bucket?'
  }
  const known = STATUS_SENTENCES[status]
  if (known) return known
  if (status < 400) {
    return `The request was redirected or cut short by ${BETWEEN}.${isFromService ? ` ${IS_ENDPOINT}?` : ''}`
  }
  return status < 500
    ? `The request was refused by ${BETWEEN}. Try another network.`
    : 'A server on the way failed. Try again later.'
}

function describeUnconfirmed({ ec, retryable, cause }: UploadError): string {
  const callback = CALLBACK_SENTENCES[ec ?? '']
  return [
    SENTENCES.CONFIRM_FAILED,
    callback && `${callback} ${CALLBACK_RULES}`,
    // Asking again helps only where the service says so; else its own message says what does.
    retryable
      ? 'Nothing is sent again: resume() asks once more.'
      : cause instanceof Error && cause.message.replace(/^\w+: /, ''),
  ]
    .filter(Boolean)
    .join(' ')
}

function describe(error: UploadError, pageProtocol: string): string {
  const { code, stage, message, cause } = error
  const text = message.replace(/^\w+: /, '')
  const isFromService = SERVICE_STAGES.has(stage)
  const [, status] = /^HTTP_(\d+)$/.exec(code) ?? []
  if (status) return describeStatus(Number(status), isFromService)
  if (code === 'CONFIRM_FAILED') return describeUnconfirmed(error)
  if (code === 'TRANSFORM_FAILED') {
    return [SENTENCES[code], cause instanceof Error && cause.message].filter(Boolean).join(' ')
  }
  if (code === 'BAD_RESPONSE') {
    return isFromService
      ? `What responded is not the upload service, but perhaps a page or the sign-in of this network. ${IS_ENDPOINT}?`
      : `The response came from ${BETWEEN}: a proxy or a sign-in page. Try another network.`
  }
  if (isFromService && OSS_CODE.test(code)) {
    return `OSS responded instead of the upload service. ${IS_ENDPOINT}, and not of the bucket?`
  }
  if (isBlockedOverHttps(pageProtocol, text.replace('NETWORK ', ''))) {
    return 'A page over https cannot connect to an address that begins with http. Use https for `endpoint` and for OSS.'
  }
  return SENTENCES[code] ?? text
}

/**
 * A sentence or two for people; for codes of the service, the service's own message.
 *
 * @param pageProtocol for tests
 */
export function explain(
  error: UploadError,
  pageProtocol: string = globalThis.location?.protocol ?? '',
): string {
  const { requestId, ec } = error
  const numbers = [requestId && `request ${requestId}`, ec && `EC ${ec}`].filter(Boolean).join(', ')
  return describe(error, pageProtocol) + (numbers && ` (${numbers})`)
}
