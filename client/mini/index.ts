/**
 * oss-upcall/mini: uploads from mini programs of every platform, by the API object of each.
 */
export { type ClientErrorCode, UploadError } from '../http/errors.ts'
export type { Progress, RetryInfo, UploadResult, UploadState } from '../options.ts'
export { type AlipayApi, fromAlipay } from './alipay.ts'
export { createMiniClient, type MiniClient, type MiniClientOptions } from './client.ts'
export { type DingtalkApi, fromDingtalk } from './dingtalk.ts'
export type { MiniApi, PickedFile } from './model.ts'
export type { MiniOptions, MiniUpload } from './upload.ts'
