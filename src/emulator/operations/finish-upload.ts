/**
 * The end of every upload: the object is visible; now the callback, and the answer that depends on it.
 */

import type { CallbackFacts } from '../callback/render.ts'
import { callbackFailed } from '../callback/response.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { StoredObject } from '../storage/catalog.ts'
import type { OperationContext } from './context.ts'
import { buildUploadHeaders } from './object-settings.ts'
import { type PlannedCallback, sendCallback } from './send-callback.ts'

/**
 * @param reply the answer without a callback; its headers stay in every case
 * @throws {OssError} `CallbackFailed` (203): stored all the same
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
  const verdict = await sendCallback(call, plan, object, operation)
  if (!verdict.ok) throw callbackFailed(verdict, facts)
  return {
    status: 200,
    headers: { ...facts, 'content-type': 'application/json' },
    body: verdict.body,
  }
}
