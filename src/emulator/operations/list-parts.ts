/**
 * ListParts and ListMultipartUploads.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listparts
 */
import { invalidArgument } from '../http/errors.ts'
import { MAX_LIST_ENTRIES } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { printKey, readCount, readEncodingType } from '../http/xml-key.ts'
import type { StoredUpload } from '../storage/catalog.ts'
import { findUpload, type OperationContext } from './context.ts'

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
      LastModified: part.lastModified,
      ETag: `"${part.etag}"`,
      HashCrc64ecma: part.crc64,
      Size: part.size,
    })),
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** By key, then by start: upload ids begin with the time. */
const inOrder = (a: StoredUpload, b: StoredUpload) =>
  compare(a.key, b.key) || compare(a.uploadId, b.uploadId)

export async function listUploads({
  emulator,
  bucket,
  query,
}: OperationContext): Promise<EmulatorReply> {
  const encodingType = readEncodingType(query)
  const maxUploads = readCount(query, 'max-uploads', MAX_LIST_ENTRIES)
  const [prefix = '', delimiter = '', keyMarker = '', idMarker = ''] = [
    'prefix',
    'delimiter',
    'key-marker',
    'upload-id-marker',
  ].map((name) => query.get(name))
  const folderOf = (key: string) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    return end < 0 ? undefined : key.slice(0, end + delimiter.length)
  }
  // A folder that is the marker was listed by an earlier page, with all that is in it.
  const wasListed = (key: string) =>
    delimiter !== '' && keyMarker.endsWith(delimiter) && folderOf(key) === keyMarker
  const isAfter = ({ key, uploadId }: StoredUpload) =>
    (key > keyMarker && !wasListed(key)) ||
    (key === keyMarker && idMarker !== '' && uploadId > idMarker)
  const uploads: StoredUpload[] = []
  const folders = new Set<string>()
  let last: { key: string; uploadId: string } | undefined
  let isTruncated = false
  for (const upload of emulator.catalog.uploads(bucket).filter(isAfter).sort(inOrder)) {
    if (!upload.key.startsWith(prefix)) continue
    const folder = folderOf(upload.key)
    if (folder !== undefined && folders.has(folder)) continue
    if (uploads.length + folders.size === maxUploads) {
      isTruncated = true
      break
    }
    if (folder === undefined) uploads.push(upload)
    else folders.add(folder)
    last = folder === undefined ? upload : { key: folder, uploadId: '' }
  }
  const print = (key: string) => printKey(key, encodingType)
  const body = buildXmlDocument('ListMultipartUploadsResult', {
    EncodingType: encodingType,
    Bucket: bucket.name,
    KeyMarker: print(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated ? print(last?.key ?? '') : '',
    NextUploadIdMarker: isTruncated ? (last?.uploadId ?? '') : '',
    Delimiter: delimiter === '' ? undefined : print(delimiter),
    Prefix: print(prefix),
    MaxUploads: maxUploads,
    IsTruncated: isTruncated,
    Upload: uploads.map((upload) => ({
      Key: print(upload.key),
      UploadId: upload.uploadId,
      StorageClass: upload.settings.storageClass,
      Initiated: upload.initiated,
    })),
    CommonPrefixes: [...folders].map((folder) => ({ Prefix: print(folder) })),
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}
