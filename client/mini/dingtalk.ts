/**
 * `dd` of a DingTalk mini program: as Alipay's `my`, with `httpRequest` instead of `request`; its `uploadFile` reports no
 * progress and cannot be cancelled.
 *
 * @see https://open.dingtalk.com/document/orgapp/jsapi-upload-file
 */
import { type AlipayApi, fromAlipay } from './alipay.ts'
import type { MiniApi } from './model.ts'

export interface DingtalkApi extends Omit<AlipayApi, 'request'> {
  httpRequest: AlipayApi['request']
}

/** @param dd the global `dd` */
export function fromDingtalk(dd: DingtalkApi): MiniApi {
  return fromAlipay({
    request: (settings) => dd.httpRequest(settings),
    uploadFile: (settings) => dd.uploadFile(settings),
    ...(dd.getFileInfo && { getFileInfo: (settings) => dd.getFileInfo?.(settings) }),
    ...(dd.getImageInfo && { getImageInfo: (settings) => dd.getImageInfo?.(settings) }),
    onNetworkStatusChange: (listener) => dd.onNetworkStatusChange?.(listener),
    onAppShow: (listener) => dd.onAppShow?.(listener),
    onAppHide: (listener) => dd.onAppHide?.(listener),
  })
}
