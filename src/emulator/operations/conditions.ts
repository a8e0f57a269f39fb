/**
 * The conditions of GetObject, HeadObject and CopyObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
import { OssError } from '../http/errors.ts'
import type { StoredObject } from '../storage/model.ts'

const etagList = (text: string) => text.split(',').map((tag) => tag.trim().replace(/^"|"$/g, ''))

/**
 * @param prefix of the headers' names: empty, or `x-oss-copy-source-`
 * @throws {OssError} `PreconditionFailed` (412) or `NotModified` (304)
 */
export function checkConditions(
  object: StoredObject,
  headers: Record<string, string>,
  prefix = '',
): void {
  const read = (name: string) => headers[`${prefix}${name}`]
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const matches = (name: string) =>
    read(name) !== undefined &&
    etagList(read(name) ?? '').some((tag) => tag === '*' || tag === object.etag)
  const time = (name: string) => Date.parse(read(name) ?? '')
  const failed =
    read('if-match') !== undefined && !matches('if-match')
      ? 'If-Match'
      : modified > time('if-unmodified-since') && 'If-Unmodified-Since'
  if (failed) {
    const message = 'At least one of the pre-conditions you specified did not hold.'
    throw new OssError('PreconditionFailed', message, { extras: { Condition: failed } })
  }
  if (matches('if-none-match') || modified <= time('if-modified-since')) {
    throw new OssError('NotModified', '', { headers: { etag: `"${object.etag}"` } })
  }
}
