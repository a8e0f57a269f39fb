/**
 * ListParts and ListMultipartUploads.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listparts
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listmultipartuploads
 */
import { invalidArgument } from '../http/errors.ts'
import { MAX_LIST_ENTRIES } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { printKey, printTime, readCount, readEncodingType } from '../http/xml-values.ts'
import { compareKeys } from '../storage/key-order.ts'
import type { StoredUpload } from '../storage/model.ts'
import type { OperationContext } from './context.ts'
import { findUpload } from './find-object.ts'
import { buildPage, readKeyParameter, readMaxEntries } from './list-page.ts'

export async function listParts(call: OperationContext): Promise<EmulatorReply> {
  const { bucket, key, query } = call
  const upload = findUpload(call)
  const encodingType = readEncodingType(query)
  const maxParts = readCount(query, 'max-parts', MAX_LIST_ENTRIES)
  const markerText = query.get('part-number-marker') || '0'
  if (!/^\d{1,6}$/.test(markerText)) {
    throw invalidArgument('It must be a whole number.', 'part-number-marker', markerText)
  }
  const marker = Number(markerText)
  const after = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b)
  const page = after.slice(0, maxParts)
  const body = buildXmlDocument('ListPartsResult', {
    EncodingType: encodingType,
    Bucket: bucket.name,
    Key: printKey(key, encodingType),
    UploadId: upload.uploadId,
    StorageClass: upload.settings.storageClass,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.[0] ?? marker,
    MaxParts: maxParts,
    IsTruncated: after.length > page.length,
    Part: page.map(([number, part]) => ({
      PartNumber: number,
      LastModified: printTime(part.lastModified),
      ETag: `"${part.etag}"`,
      HashCrc64ecma: part.crc64,
      Size: part.size,
    })),
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

/** By key, then by start: upload ids begin with the time. */
const inOrder = (a: StoredUpload, b: StoredUpload) =>
  compareKeys(a.key, b.key) || compareKeys(a.uploadId, b.uploadId)

export async function listUploads({
  emulator,
  bucket,
  query,
}: OperationContext): Promise<EmulatorReply> {
  const encodingType = readEncodingType(query)
  const maxUploads = readMaxEntries(query, 'max-uploads', MAX_LIST_ENTRIES)
  const prefix = readKeyParameter(query, 'prefix')
  const delimiter = readKeyParameter(query, 'delimiter')
  const keyMarker = readKeyParameter(query, 'key-marker')
  const idMarker = query.get('upload-id-marker') ?? ''
  const isAfter = ({ key, uploadId }: StoredUpload) => {
    const order = compareKeys(key, keyMarker)
    return order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker)
  }
  const sorted = emulator.catalog.uploads(bucket).filter(isAfter).sort(inOrder)
  const { entries, prefixes, isTruncated, last } = buildPage(sorted, ({ key }) => key, {
    prefix,
    delimiter,
    marker: keyMarker,
    maxEntries: maxUploads,
  })
  const next = {
    key: last?.kind === 'prefix' ? last.prefix : (last?.entry.key ?? ''),
    uploadId: last?.kind === 'entry' ? last.entry.uploadId : '',
  }
  const print = (key: string) => printKey(key, encodingType)
  const body = buildXmlDocument('ListMultipartUploadsResult', {
    EncodingType: encodingType,
    Bucket: bucket.name,
    KeyMarker: print(keyMarker),
    UploadIdMarker: idMarker,
    // Also on the last page.
    NextKeyMarker: print(next.key),
    NextUploadIdMarker: next.uploadId,
    Delimiter: delimiter === '' ? undefined : print(delimiter),
    Prefix: print(prefix),
    MaxUploads: maxUploads,
    IsTruncated: isTruncated,
    Upload: entries.map((upload) => ({
      Key: print(upload.key),
      UploadId: upload.uploadId,
      StorageClass: upload.settings.storageClass,
      Initiated: printTime(upload.initiated),
    })),
    CommonPrefixes: prefixes.map((folder) => ({ Prefix: print(folder) })),
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}
