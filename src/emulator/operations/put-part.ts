/**
 * What UploadPart and UploadPartCopy share.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart
 */
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_PART_NUMBER } from '../http/limits.ts'
import type { Query } from '../http/target.ts'
import type { StoredBytes, StoredUpload } from '../storage/model.ts'
import type { OperationContext } from './context.ts'
import { findUpload } from './find-object.ts'

/** @throws {OssError} `InvalidArgument` */
export function readPartNumber(query: Query): number {
  const text = query.get('partNumber') ?? ''
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= MAX_PART_NUMBER) return number
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive.`,
    'partNumber',
    text,
  )
}

/** @returns when it was stored, ISO 8601. @throws {OssError} `NoSuchUpload` when the upload ended meanwhile */
export async function putPart(
  call: OperationContext,
  upload: StoredUpload,
  partNumber: number,
  bytes: StoredBytes,
): Promise<string> {
  const { emulator, bucket, key } = call
  // If the upload was completed or aborted while the bytes arrived, no record would ever name this blob.
  if (emulator.catalog.upload(bucket, key, upload.uploadId) !== upload) {
    await emulator.storage.deleteBlob(bytes.blob)
    findUpload(call)
    throw new OssError('InternalError', 'The upload changed while the part arrived.')
  }
  const lastModified = emulator.now().toISOString()
  await emulator.catalog.putPart(upload, partNumber, { ...bytes, lastModified })
  return lastModified
}
