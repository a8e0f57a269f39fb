/**
 * oss-upcall/client/explain: what happened, why, and what to do, for each code. A separate entry, because few pages
 * need it.
 */
import type { UploadError } from './http/errors.ts'

const RESUME = 'What is stored stays stored: resume() continues from there.'
const IN_BETWEEN = 'neither the upload service nor OSS, but something on the way'

const SENTENCES: Readonly<Record<string, string>> = {
  ABORTED: 'The upload was cancelled.',
  CHECKSUM_MISMATCH:
    'OSS has other bytes than were read from the file, after several attempts. Something on the way changes them; try another network.',
  CONFIRM_FAILED: 'The file is stored, but the server has not confirmed it.',
  CORS: "The server can be reached, but refuses this page. Add the page's origin to the CORS rule of the bucket (methods PUT and POST, headers *), or to the allowed origins of the service.",
  CSP: "This page's Content-Security-Policy forbids the connection. Add the host to connect-src.",
  FILE_UNREADABLE:
    'The file cannot be read: it was changed, moved or removed, or it is a folder. Choose it again.',
  NETWORK: `The connection broke and did not come back. ${RESUME}`,
  OFFLINE: `This device is offline. ${RESUME}`,
  STALLED: `No byte moved for too long. ${RESUME}`,
  UNEXPECTED: 'Something went wrong in this page; `cause` holds the error.',

  HTTP_403: `The request was refused by ${IN_BETWEEN}: a proxy, a firewall or a sign-in page. Try another network.`,
  HTTP_404: 'There is nothing at this address. Is `endpoint` the address of the upload service?',
  HTTP_405:
    'This address takes no uploads. Is `endpoint` the address of the upload service, and not of a page?',
  HTTP_407: 'A proxy of this network requires a sign-in. Sign in there, or try another network.',
  HTTP_413: `The request is too large for ${IN_BETWEEN}. Raise the limit of that proxy, or send smaller parts (\`method: 'multipart'\`, \`partSize\`).`,
  HTTP_500: 'A server on the way failed. Try again later.',
  HTTP_502: 'A gateway could not reach the server. Try again later.',
  HTTP_503: 'A server on the way is overloaded or being restarted. Try again later.',
  HTTP_504: 'A gateway got no response from the server in time. Try again later.',

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

function describe({ code, stage, message, ec, retryable, cause }: UploadError): string {
  const isFromService = SERVICE_STAGES.has(stage)
  if (code === 'BAD_RESPONSE') {
    return isFromService
      ? 'What responded is not the upload service. Is `endpoint` its address?'
      : `The response came from ${IN_BETWEEN}: a proxy or a sign-in page. Try another network.`
  }
  if (code === 'CONFIRM_FAILED') {
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
  if (isFromService && OSS_CODE.test(code)) {
    return 'OSS responded instead of the upload service. Is `endpoint` the address of the service, and not of the bucket?'
  }
  return SENTENCES[code] ?? message
}

/** A sentence or two for people; for codes of the service, the service's own message. */
export function explain(error: UploadError): string {
  const { requestId, ec } = error
  const numbers = [requestId && `request ${requestId}`, ec && `EC ${ec}`].filter(Boolean).join(', ')
  return describe(error) + (numbers && ` (${numbers})`)
}
