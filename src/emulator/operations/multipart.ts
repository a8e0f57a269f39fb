/**
 * InitiateMultipartUpload, UploadPart, AbortMultipartUpload.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/initiatemultipartupload
 */
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_PART_NUMBER } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { printKey, readEncodingType } from '../http/xml-values.ts'
import { createUploadId, findUpload, type OperationContext, readContentLength } from './context.ts'
import {
  buildUploadHeaders,
  checkOverwrite,
  readForbidOverwrite,
  readObjectSettings,
} from './object-settings.ts'
import { receiveBytes } from './receive-body.ts'

export async function initiateUpload(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request, query } = call
  const encodingType = readEncodingType(query)
  const settings = readObjectSettings(request.headers)
  const forbidOverwrite = readForbidOverwrite(request.headers, bucket)
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const uploadId = createUploadId(emulator.now())
  await emulator.catalog.startUpload({
    uploadId,
    bucket: bucket.name,
    key,
    initiated: emulator.now().toISOString(),
    forbidOverwrite,
    sequential: query.has('sequential'),
    settings,
    parts: new Map(),
  })
  const body = buildXmlDocument('InitiateMultipartUploadResult', {
    EncodingType: encodingType,
    Bucket: bucket.name,
    Key: printKey(key, encodingType),
    UploadId: uploadId,
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

function readPartNumber(text: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= MAX_PART_NUMBER) return number
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive.`,
    'partNumber',
    text,
  )
}

export async function uploadPart(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, request, query } = call
  const partNumber = readPartNumber(query.get('partNumber') ?? '')
  const upload = findUpload(call)
  const bytes = await receiveBytes(request.body, emulator.storage, {
    declaredBytes: readContentLength(request),
    contentMd5: request.headers['content-md5'],
  })
  // If the upload was completed or aborted while the bytes arrived, no record would ever name this blob.
  if (emulator.catalog.upload(call.bucket, call.key, upload.uploadId) !== upload) {
    await emulator.storage.deleteBlob(bytes.blob)
    findUpload(call)
    throw new OssError('InternalError', 'The upload changed while the part arrived.')
  }
  const lastModified = emulator.now().toISOString()
  await emulator.catalog.putPart(upload, partNumber, { ...bytes, lastModified })
  return { status: 200, headers: buildUploadHeaders(bytes) }
}

export async function abortUpload(call: OperationContext): Promise<EmulatorReply> {
  await call.emulator.catalog.dropUpload(findUpload(call))
  return { status: 204, headers: {} }
}
