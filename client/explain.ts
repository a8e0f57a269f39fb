/**
 * oss-upcall/client/explain: what happened, why, and what to do, for each code. A separate entry, because few pages
 * need it.
 */
import type { UploadError } from './http/errors.ts'

const SENTENCES: Readonly<Record<string, string>> = {
  ABORTED: 'The upload was cancelled.',
  BAD_RESPONSE:
    'What responded is not the upload service. Is `endpoint` the address of the service?',
  CHECKSUM_MISMATCH:
    'OSS has other bytes than were read from the file, after several attempts. Something on the way changes them; try another network.',
  CONFIRM_FAILED:
    'The file is stored, but the server has not confirmed it yet. Nothing is sent again: resume() asks once more.',
  CORS: "The server can be reached, but refuses this page. Add the page's origin to the CORS rule of the bucket (methods PUT and POST, headers *), or to the allowed origins of the service.",
  CSP: "This page's Content-Security-Policy forbids the connection. Add the host to connect-src.",
  FILE_UNREADABLE:
    'The file cannot be read any more: it was changed, moved or removed. Choose it again.',
  NETWORK:
    'The connection broke and did not come back. What is stored stays stored: resume() goes on from there.',
  OFFLINE: 'This device is offline. What is stored stays stored: resume() goes on from there.',
  STALLED: 'No byte moved for too long. What is stored stays stored: resume() goes on from there.',
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

/** A sentence or two for people; for codes of the service, the service's own message. */
export function explain({ code, message, requestId, ec }: UploadError): string {
  const numbers = [requestId && `request ${requestId}`, ec && `EC ${ec}`].filter(Boolean).join(', ')
  return (SENTENCES[code] ?? message) + (numbers && ` (${numbers})`)
}
