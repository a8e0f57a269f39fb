/**
 * ListObjects (GetBucket) and ListObjectsV2 (GetBucketV2).
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjects
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2
 */
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from '../../protocol/bytes.ts'
import { invalidArgument } from '../http/errors.ts'
import { DEFAULT_LIST_KEYS } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { Query } from '../http/target.ts'
import { buildXmlDocument, type XmlNode } from '../http/xml.ts'
import { printKey, printTime, readEncodingType } from '../http/xml-values.ts'
import { findKey, findNextKey } from '../storage/key-order.ts'
import type { StoredObject } from '../storage/model.ts'
import { type OperationContext, OWNER } from './context.ts'
import { buildPage, type Page, readKeyParameter, readMaxEntries } from './list-page.ts'

export async function listObjects(call: OperationContext): Promise<EmulatorReply> {
  const { bucket, query } = call
  const marker = readKeyParameter(query, 'marker')
  const { page, maxEntries, prefix, delimiter } = readPage(call, marker)
  const { isTruncated } = page
  const encodingType = readEncodingType(query)
  const print = (key: string) => printKey(key, encodingType)
  return toReply({
    Name: bucket.name,
    Prefix: print(prefix),
    Marker: print(marker),
    MaxKeys: maxEntries,
    Delimiter: print(delimiter),
    EncodingType: encodingType,
    IsTruncated: isTruncated,
    NextMarker: isTruncated ? print(findLastKey(page)) : undefined,
    ...printPage(page, bucket.objects, { print, withOwner: true }),
  })
}

export async function listObjectsV2(call: OperationContext): Promise<EmulatorReply> {
  const { bucket, query } = call
  const startAfter = readKeyParameter(query, 'start-after')
  const token = query.get('continuation-token')
  const { page, maxEntries, prefix, delimiter } = readPage(
    call,
    token ? parseToken(token) : startAfter,
  )
  const { isTruncated } = page
  const encodingType = readEncodingType(query)
  const print = (key: string) => printKey(key, encodingType)
  return toReply({
    Name: bucket.name,
    Prefix: print(prefix),
    StartAfter: print(startAfter),
    ContinuationToken: token,
    MaxKeys: maxEntries,
    Delimiter: print(delimiter),
    EncodingType: encodingType,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? buildToken(findLastKey(page)) : undefined,
    KeyCount: page.entries.length + page.prefixes.length,
    ...printPage(page, bucket.objects, { print, withOwner: readFetchOwner(query) }),
  })
}

function readPage({ emulator, bucket, query }: OperationContext, marker: string) {
  const prefix = readKeyParameter(query, 'prefix')
  const delimiter = readKeyParameter(query, 'delimiter')
  const maxEntries = readMaxEntries(query, 'max-keys', DEFAULT_LIST_KEYS)
  const sorted = emulator.catalog.sortedKeys(bucket)

  /** In a sorted list the keys with a prefix stand together. */
  function* readKeys(): Generator<string> {
    const start = Math.max(findNextKey(sorted, marker), findKey(sorted, prefix))
    for (let at = start; at < sorted.length; at += 1) {
      const key = sorted[at] ?? ''
      if (!key.startsWith(prefix)) return
      yield key
    }
  }

  const options = { prefix, delimiter, marker, maxEntries }
  return { page: buildPage(readKeys(), (key) => key, options), ...options }
}

/** Empty for a page without entries. */
function findLastKey({ last }: Page<string>): string {
  if (!last) return ''
  return last.kind === 'entry' ? last.entry : last.prefix
}

function readFetchOwner(query: Query): boolean {
  const text = query.get('fetch-owner') || 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw invalidArgument('It must be true or false.', 'fetch-owner', text)
}

/** The last key of a page. Clients must not read it: OSS does not document what is in its tokens. */
function buildToken(key: string): string {
  return toBase64Url(toUtf8(key))
}

function parseToken(token: string): string {
  try {
    return fromUtf8(fromBase64Url(token))
  } catch {
    throw invalidArgument('The continuation token is not valid.', 'continuation-token', token)
  }
}

function printPage(
  page: Page<string>,
  objects: ReadonlyMap<string, StoredObject>,
  { print, withOwner }: { print(key: string): string; withOwner: boolean },
): { [name: string]: XmlNode } {
  return {
    Contents: page.entries.flatMap((key): XmlNode[] => {
      const object = objects.get(key)
      return object ? [printObject(print(key), object, withOwner)] : []
    }),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: print(prefix) })),
  }
}

function printObject(key: string, object: StoredObject, withOwner: boolean): XmlNode {
  return {
    Key: key,
    LastModified: printTime(object.lastModified),
    ETag: `"${object.etag}"`,
    Type: object.kind,
    Size: object.size,
    StorageClass: object.storageClass,
    Owner: withOwner ? { ID: OWNER, DisplayName: OWNER } : undefined,
  }
}

function toReply(result: XmlNode): EmulatorReply {
  const body = buildXmlDocument('ListBucketResult', result)
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}
