/**
 * `oss-upcall/callback`, by hand-listed names: for servers that receive callbacks without the service. `acceptCallback`
 * for uploads of a profile with `callback`; `verifyCallback` for callbacks of other uploads, where a valid signature
 * alone proves little.
 */
export {
  fromLambda,
  fromNode,
  fromRequest,
  type LambdaEvent,
  type MessageOptions,
  type NodeRequest,
} from './protocol/callback-message.ts'
export {
  type CallbackBody,
  type CallbackMessage,
  OSS_CALLBACK_PUBLIC_KEYS,
  verifyCallback,
} from './protocol/callback-verify.ts'
export { type ConfirmCallbackOptions, confirmCallback } from './service/confirm-callback.ts'
export { ServiceError, type ServiceErrorCode } from './service/errors.ts'
export {
  type AcceptedCallback,
  acceptCallback,
  type CallbackCheck,
  type Receipt,
  type UnverifiedFacts,
} from './signer/accept-callback.ts'
export { UploadRefused, type UploadRefusedCode } from './signer/errors.ts'
