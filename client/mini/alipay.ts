/**
 * `my` of an Alipay mini program in the shape of `wx`: other names of fields, HTTP errors as faults, numbers instead of texts.
 *
 * @see https://opendocs.alipay.com/mini/api/owycmh (request)
 * @see https://opendocs.alipay.com/mini/api/kmq4hc (uploadFile)
 */
import type { MiniApi, MiniFault, MiniResponse } from './model.ts'

interface AlipayCallbacks {
  success(response: AlipayResponse): void
  fail(fault: AlipayFault): void
}

/** `status` and `headers` of `request`; `statusCode` (a text on DingTalk) and `header` of `uploadFile`. */
interface AlipayResponse {
  data?: unknown
  status?: number
  headers?: object
  statusCode?: number | string
  header?: object
}

interface AlipayFault {
  error?: number | string
  errorMessage?: string
}

export interface AlipayRequest extends AlipayCallbacks {
  url: string
  method: 'POST'
  headers: Record<string, string>
  data: string
  /** Parsed JSON would fail for what is not JSON. */
  dataType: 'text'
  timeout: number
}

export interface AlipayUpload extends AlipayCallbacks {
  url: string
  filePath: string
  /** Name of the form field: `fileName` in older versions, and on DingTalk. */
  name: string
  fileName: string
  fileType: 'image' | 'video' | 'audio'
  formData: Record<string, string>
  timeout: number
  /** The page shows its own progress. */
  hideLoading: boolean
}

interface AlipayFileInfo {
  filePath: string
  /** In older versions, and on DingTalk. */
  apFilePath: string
  digestAlgorithm: 'md5'
  success(info: { size: number }): void
  fail(fault: AlipayFault): void
}

export interface AlipayApi
  extends Pick<MiniApi, 'getImageInfo' | 'onNetworkStatusChange' | 'onAppShow' | 'onAppHide'> {
  request(settings: AlipayRequest): unknown
  uploadFile(settings: AlipayUpload): unknown
  getFileInfo?(settings: AlipayFileInfo): unknown
}

/** Numbers mean other things in each call; 4 is "no permission" in all. Texts are WeChat's. */
const REQUEST_FAULTS: Readonly<Record<number, string>> = {
  4: 'url not in domain list',
  11: 'url not in domain list',
  13: 'timeout',
}
const UPLOAD_FAULTS: Readonly<Record<number, string>> = {
  4: 'url not in domain list',
  11: 'file not exist',
  13: 'url not in domain list',
}

function toMiniFault(fault: AlipayFault, texts: Readonly<Record<number, string>>): MiniFault {
  return { ...fault, errMsg: texts[Number(fault.error)] ?? fault.errorMessage }
}

function toMiniResponse(response: AlipayResponse): MiniResponse {
  const { data, status, headers, statusCode = status, header = headers } = response
  return { data, statusCode: Number(statusCode), header }
}

/** @param my the global `my` */
export function fromAlipay(my: AlipayApi): MiniApi {
  return {
    request: ({ header, success, fail, ...settings }) =>
      my.request({
        ...settings,
        headers: header,
        dataType: 'text',
        success: (response) => success(toMiniResponse(response)),
        fail: (fault) => fail(toMiniFault(fault, REQUEST_FAULTS)),
      }),
    uploadFile: ({ success, fail, ...settings }) =>
      my.uploadFile({
        ...settings,
        fileName: settings.name,
        hideLoading: true,
        success: (response) => success(toMiniResponse(response)),
        fail: (fault) => fail(toMiniFault(fault, UPLOAD_FAULTS)),
      }),
    ...(my.getFileInfo && {
      getFileInfo: ({ filePath, success, fail }) =>
        my.getFileInfo?.({
          filePath,
          apFilePath: filePath,
          digestAlgorithm: 'md5',
          success,
          fail: (fault) => fail(toMiniFault(fault, {})),
        }),
    }),
    ...(my.getImageInfo && { getImageInfo: (settings) => my.getImageInfo?.(settings) }),
    onNetworkStatusChange: (listener) => my.onNetworkStatusChange?.(listener),
    onAppShow: (listener) => my.onAppShow?.(listener),
    onAppHide: (listener) => my.onAppHide?.(listener),
  }
}
