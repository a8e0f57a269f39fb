/**
 * Last step of every upload, when the object is stored: send the callback and build the reply that depends on it.
 */
import type { CallbackFacts } from '../callback/render.ts'
import { callbackFailed } from '../callback/response.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { StoredObject } from '../storage/model.ts'
import type { OperationContext } from './context.ts'
import { buildUploadHeaders } from './object-settings.ts'
import { type PlannedCallback, sendCallback } from './send-callback.ts'

/**
 * @param reply for an upload without a callback; its headers stay in every case
 * @throws {OssError} `CallbackFailed` (203): the object is stored nevertheless
 */
export async function finishUpload(
  call: OperationContext,
  object: StoredObject,
  plan: PlannedCallback | undefined,
  operation: CallbackFacts['operation'],
  reply: Omit<EmulatorReply, 'headers'> & { headers?: Record<string, string> },
): Promise<EmulatorReply> {
  const facts = buildUploadHeaders(object)
  if (!plan) return { ...reply, headers: { ...facts, ...reply.headers } }
  const result = await sendCallback(call, plan, object, operation)
  if (!result.ok) throw callbackFailed(result, facts)
  return {
    status: 200,
    headers: { ...facts, 'content-type': 'application/json' },
    body: result.body,
  }
}
