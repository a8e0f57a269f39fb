/**
 * What the platforms report when there is no response, as errors of this client.
 */
import { type ClientErrorCode, UploadError } from '../http/errors.ts'
import type { UploadStage } from '../options.ts'
import type { MiniFault } from './model.ts'

/**
 * Texts of WeChat and of what follows it, in their order.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/usability/PublicErrno.html
 */
const TEXTS: readonly (readonly [RegExp, ClientErrorCode])[] = [
  [/domain list|合法域名|域名白名单/i, 'DOMAIN_NOT_ALLOWED'],
  [/time ?d? ?out|超时/i, 'TIMEOUT'],
  [
    /file (not|doesn't|does not|do not)[\w ]*(exist|found)|no such file|ENOENT|文件不存在/i,
    'FILE_UNREADABLE',
  ],
]

/** WeChat's `errno`: 600002 is "url not in domain list", 5 is "time out". */
const NUMBERS: Readonly<Record<number, ClientErrorCode>> = {
  600002: 'DOMAIN_NOT_ALLOWED',
  5: 'TIMEOUT',
}

/** Scheme and host of a URL; the rest may say too much. */
function readOrigin(url: string): string {
  return /^\w+:\/\/[^/?#]+/.exec(url)?.[0] ?? ''
}

/** @returns NETWORK for what is not known: the request is repeated */
export function toFaultError(fault: MiniFault, stage: UploadStage, url: string): UploadError {
  const { errMsg = '', errorMessage = '', errno = 0 } = fault
  const text = `${errMsg} ${errorMessage}`
  const code = NUMBERS[errno] ?? TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'NETWORK'
  const retryable = code === 'NETWORK' || code === 'TIMEOUT'
  return new UploadError(code, stage, { cause: fault, retryable }, `${code} ${readOrigin(url)}`)
}
