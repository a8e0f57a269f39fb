/**
 * PutObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */

import type { EmulatorReply } from '../http/message.ts'
import { buildNormalObject, type Call, readContentLength } from './context.ts'
import { finishUpload } from './finish-upload.ts'
import { checkOverwrite, readForbidOverwrite, readObjectSettings } from './object-settings.ts'
import { receiveBytes } from './receive-body.ts'
import { planCallback } from './send-callback.ts'

export async function putObject(call: Call): Promise<EmulatorReply> {
  const { desk, request, bucket, key } = call
  const declaredBytes = readContentLength(request)
  const settings = readObjectSettings(request.headers)
  const forbidOverwrite = readForbidOverwrite(request.headers)
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const plan = await planCallback(call)
  const bytes = await receiveBytes(request.body, desk.storage, {
    declaredBytes,
    contentMd5: request.headers['content-md5'],
  })
  const object = buildNormalObject(settings, bytes, desk.now())
  if (forbidOverwrite && bucket.objects.has(key)) {
    await desk.storage.deleteBlob(bytes.blob)
    checkOverwrite(true, bucket.objects.get(key))
  }
  await desk.catalog.putObject(bucket, key, object)
  return finishUpload(call, object, plan, 'PutObject', { status: 200 })
}
