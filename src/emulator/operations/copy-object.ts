/**
 * CopyObject and UploadPartCopy. The bytes are read and stored again.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/copyobject
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpartcopy
 */
import { invalidArgument } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { printTime } from '../http/xml-values.ts'
import type { ObjectSettings, StoredBytes, StoredObject } from '../storage/model.ts'
import { readStoredBytes } from '../storage/stored-bytes.ts'
import { buildNormalObject, type OperationContext } from './context.ts'
import { buildSourceHeaders, type CopySource, findCopySource } from './copy-source.ts'
import { findUpload } from './find-object.ts'
import {
  buildEncryptionHeaders,
  buildUploadHeaders,
  checkOverwrite,
  readForbidOverwrite,
  readObjectSettings,
} from './object-settings.ts'
import { putPart, readPartNumber } from './put-part.ts'
import { receiveBytes } from './receive-body.ts'

export async function copyObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request } = call
  const source = findCopySource(call)
  const settings = readCopiedSettings(call, source)
  const forbidOverwrite = readForbidOverwrite(request.headers, bucket)
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const bytes = await copyBytes(call, source.object, 0, source.object.size)
  if (forbidOverwrite && bucket.objects.has(key)) {
    await emulator.storage.deleteBlob(bytes.blob)
    checkOverwrite(true, bucket.objects.get(key))
  }
  const object = buildNormalObject(bucket, settings, bytes, emulator.now())
  await emulator.catalog.putObject(bucket, key, object)
  return toReply('CopyObjectResult', source, object.lastModified, object)
}

export async function uploadPartCopy(call: OperationContext): Promise<EmulatorReply> {
  const { request, query } = call
  const partNumber = readPartNumber(query)
  const upload = findUpload(call)
  const source = findCopySource(call)
  const { start, end } = readSourceRange(request.headers, source.object.size)
  const bytes = await copyBytes(call, source.object, start, end)
  const lastModified = await putPart(call, upload, partNumber, bytes)
  return toReply('CopyPartResult', source, lastModified, bytes)
}

function copyBytes(
  { emulator }: OperationContext,
  object: StoredObject,
  start: number,
  end: number,
): Promise<StoredBytes> {
  const { chunks } = readStoredBytes(emulator.storage, object.blobs, start, end)
  return receiveBytes(chunks, emulator.storage, { declaredBytes: end - start })
}

/** `bytes=a-b` within the source; anything else means all of it. */
function readSourceRange(headers: Record<string, string>, size: number) {
  const text = headers['x-oss-copy-source-range'] ?? ''
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(text) ?? []
  const [start, end] = [Number(first), last === '' ? size : Number(last) + 1]
  return first !== '' && start < end && end <= size ? { start, end } : { start: 0, end: size }
}

/** `REPLACE` takes metadata and tags from the request, `COPY` (the default) from the source. */
function readCopiedSettings(call: OperationContext, source: CopySource): ObjectSettings {
  const { bucket, key, request } = call
  const given = readObjectSettings(request.headers, bucket)
  const isSame = source.bucket === bucket && source.key === key
  const withNewMetadata = isSame || readDirective(request.headers, 'x-oss-metadata-directive')
  const withNewTags = readDirective(request.headers, 'x-oss-tagging-directive')
  const { contentType, headers, tags } = source.object
  return {
    ...given,
    ...(!withNewMetadata && {
      contentType,
      headers: { ...headers, ...buildEncryptionHeaders(given) },
    }),
    ...(!withNewTags && { tags }),
  }
}

/** Whether it says REPLACE. @throws {OssError} `InvalidArgument` */
function readDirective(headers: Record<string, string>, name: string): boolean {
  const text = headers[name] ?? 'COPY'
  if (/^copy$/i.test(text)) return false
  if (/^replace$/i.test(text)) return true
  throw invalidArgument('It must be COPY or REPLACE.', name, text)
}

function toReply(
  root: string,
  source: CopySource,
  lastModified: string,
  facts: { etag: string; crc64: string; versionId?: string },
): EmulatorReply {
  const { 'content-md5': _, ...headers } = buildUploadHeaders(facts)
  return {
    status: 200,
    headers: { ...headers, ...buildSourceHeaders(source), 'content-type': 'application/xml' },
    body: buildXmlDocument(root, {
      ETag: `"${facts.etag}"`,
      LastModified: printTime(lastModified),
    }),
  }
}
