/**
 * Values in XML results: keys (plain or percent-encoded) and times. Also the parameters that listings share.
 */
import { encodeRfc3986 } from '../../protocol/bytes.ts'
import { invalidArgument } from './errors.ts'
import type { Query } from './target.ts'

/** @throws {OssError} `InvalidArgument` for anything but `url` */
export function readEncodingType(query: Query): 'url' | undefined {
  const text = query.get('encoding-type')
  if (text === undefined || text === '') return
  if (text === 'url') return 'url'
  throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', text)
}

export function printKey(key: string, encodingType: 'url' | undefined): string {
  return encodingType === 'url' ? encodeRfc3986(key) : key
}

/** ISO 8601 in whole seconds. OSS writes `.000` always, and SDKs cannot read anything else. */
export function printTime(iso: string): string {
  return iso.replace(/\.\d+Z$/, '.000Z')
}

/** The number that a parameter gives. @throws {OssError} `InvalidArgument` unless it is 1 … `max` */
export function readCount(query: Query, name: string, max: number, byDefault = max): number {
  const text = query.get(name)
  if (text === undefined || text === '') return byDefault
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= max) return count
  throw invalidArgument(`It must be a whole number from 1 to ${max}.`, name, text)
}
