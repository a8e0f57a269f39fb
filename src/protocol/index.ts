/**
 * `oss-upcall/protocol`: the formats and signatures of OSS. Everything is synchronous and takes the time as an argument.
 */
export type { Addressing } from './address.ts'
export {
  type Callback,
  type CallbackBodyType,
  type CallbackVars,
  encodeCallback,
  encodeCallbackVars,
} from './callback.ts'
export {
  type CallbackMessage,
  OSS_CALLBACK_PUBLIC_KEYS,
  verifyCallback,
} from './callback-verify.ts'
export { crc64, crc64Combine, createCrc64 } from './crc64.ts'
export { ProtocolError, type ProtocolErrorCode } from './errors.ts'
export { buildObjectKey, checkObjectKey, parseKeyTemplate } from './object-key.ts'
export { lengthOfPart, type PartPlan, planParts } from './part-plan.ts'
export { type PolicyCondition, type PostPolicy, signPostPolicy } from './post-policy.ts'
export { type PresignOptions, presign } from './presign.ts'
export { type PartsRequest, presignParts } from './presign-parts.ts'
export { type OssRequest, type SignedRequest, signRequest } from './sign-v4.ts'
export type { Credentials } from './signing-key.ts'
