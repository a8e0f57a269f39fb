/**
 * PutObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
import type { EmulatorReply } from '../http/message.ts'
import {
  buildNormalObject,
  type OperationContext,
  readBitsPerSecond,
  readContentLength,
} from './context.ts'
import { finishUpload } from './finish-upload.ts'
import { checkOverwrite, readForbidOverwrite, readObjectSettings } from './object-settings.ts'
import { receiveBytes } from './receive-body.ts'
import { planCallback } from './send-callback.ts'

export async function putObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, request, bucket, key } = call
  const declaredBytes = readContentLength(request)
  const settings = readObjectSettings(request.headers, bucket)
  const forbidOverwrite = readForbidOverwrite(request.headers, bucket)
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const plan = await planCallback(call)
  const bytes = await receiveBytes(request.body, emulator.storage, {
    declaredBytes,
    contentMd5: request.headers['content-md5'],
    bitsPerSecond: readBitsPerSecond(call),
  })
  const object = buildNormalObject(bucket, settings, bytes, emulator.now())
  if (forbidOverwrite && bucket.objects.has(key)) {
    await emulator.storage.deleteBlob(bytes.blob)
    checkOverwrite(true, bucket.objects.get(key))
  }
  await emulator.catalog.putObject(bucket, key, object)
  return finishUpload(call, object, plan, 'PutObject', { status: 200 })
}
