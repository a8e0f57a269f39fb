/**
 * The tags of an object: in the header `x-oss-tagging` and in XML.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { OssError } from '../http/errors.ts'
import { MAX_TAG_KEY_BYTES, MAX_TAG_VALUE_BYTES, MAX_TAGS } from '../http/limits.ts'
import type { Tag } from '../storage/model.ts'

// Letters of any script: the tests of the Python SDK use Chinese ones.
const ALLOWED = /^[\p{L}\p{N} +\-=._:/]*$/u

/** @param text e.g. `a=1&b=2`, each part percent-encoded */
export function parseTags(text: string): Tag[] {
  const items = text.split('&').filter((item) => item !== '')
  return checkTags(
    items.map((item): Tag => {
      const [key = '', value = ''] = item.split(/=(.*)/s)
      return [decode(key), decode(value)]
    }),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalidTag('The header is not percent-encoded.')
  }
}

/** @throws {OssError} `InvalidTag` */
export function checkTags(tags: Tag[]): Tag[] {
  if (tags.length > MAX_TAGS) throw invalidTag(`An object has at most ${MAX_TAGS} tags.`)
  for (const [key, value] of tags) {
    if (key === '' || toUtf8(key).length > MAX_TAG_KEY_BYTES) {
      throw invalidTag(`A key has 1 to ${MAX_TAG_KEY_BYTES} bytes.`)
    }
    if (toUtf8(value).length > MAX_TAG_VALUE_BYTES) {
      throw invalidTag(`A value has at most ${MAX_TAG_VALUE_BYTES} bytes.`)
    }
    if (!ALLOWED.test(key) || !ALLOWED.test(value)) {
      throw invalidTag('Tags have letters, digits, spaces and + - = . _ : / only.')
    }
  }
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw invalidTag('A key is there twice.')
  }
  return tags
}

function invalidTag(reason: string): OssError {
  return new OssError('InvalidTag', `The tag you have provided is not valid. ${reason}`)
}
