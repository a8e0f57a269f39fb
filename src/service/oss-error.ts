/**
 * An error response of OSS → an error of the service, with the words of OSS that help an operator.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/error-handling
 */
import { parseErrorXml, readErrorXml } from '../protocol/xml.ts'
import { ServiceError } from './errors.ts'

/** Only words that cannot carry a signature: OSS's error bodies echo the string to sign and the token. */
export function pickWord(text: string | null | undefined): string | undefined {
  return text && /^[\w-]{1,64}$/.test(text) ? text : undefined
}

/** @param operation of OSS, such as `HeadObject` */
export function toOssError(operation: string, response: Response, body: string): ServiceError {
  const { status, headers } = response
  const error = parseErrorXml(readErrorXml(headers, body))
  const code = pickWord(error?.code)
  const ec = pickWord(error?.ec ?? headers.get('x-oss-ec'))
  const requestId = pickWord(error?.requestId ?? headers.get('x-oss-request-id'))
  if (status === 404 && code === 'NoSuchUpload') {
    return new ServiceError(
      'UPLOAD_GONE',
      'OSS does not know this upload any more: it was completed or aborted. Confirm it or start again.',
    )
  }
  if (status === 404 && operation === 'HeadObject' && (!code || code === 'NoSuchKey')) {
    return new ServiceError('OBJECT_MISSING', 'OSS has no such object (yet).')
  }
  if (status === 409 && code === 'FileAlreadyExists') {
    return new ServiceError('OBJECT_EXISTS', 'There is an object under this key already.')
  }
  const facts = [`status ${status}`, code, ec && `EC ${ec}`, requestId && `request ${requestId}`]
  return new ServiceError(
    'OSS_ERROR',
    `OSS refused ${operation} of the service (${facts.filter(Boolean).join(', ')}). The operator should look at credentials, region, bucket and RAM policy.`,
    { retryable: status >= 500 || status === 429 },
  )
}
