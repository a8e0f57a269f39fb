/**
 * InitiateMultipartUpload, UploadPart, AbortMultipartUpload.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/initiatemultipartupload
 */
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { printKey, readEncodingType } from '../http/xml-values.ts'
import {
  createUploadId,
  type OperationContext,
  readBitsPerSecond,
  readContentLength,
} from './context.ts'
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

export async function initiateUpload(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request, query } = call
  const encodingType = readEncodingType(query)
  const settings = readObjectSettings(request.headers, bucket)
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
  const headers = {
    'content-type': 'application/xml',
    ...buildEncryptionHeaders(settings),
  }
  return { status: 200, headers, body }
}

export async function uploadPart(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, request, query } = call
  const partNumber = readPartNumber(query)
  const upload = findUpload(call)
  const bytes = await receiveBytes(request.body, emulator.storage, {
    declaredBytes: readContentLength(request),
    contentMd5: request.headers['content-md5'],
    bitsPerSecond: readBitsPerSecond(call),
  })
  await putPart(call, upload, partNumber, bytes)
  return { status: 200, headers: buildUploadHeaders(bytes) }
}

export async function abortUpload(call: OperationContext): Promise<EmulatorReply> {
  await call.emulator.catalog.dropUpload(findUpload(call))
  return { status: 204, headers: {} }
}
