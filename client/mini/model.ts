/**
 * What this client needs of a mini program's API object. `wx`, `uni`, `Taro`, `tt`, `qq`, `ks` and `jd` have this shape;
 * `my` and `dd` get it from `fromAlipay` and `fromDingtalk`. Sizes are bytes.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/network/upload/wx.uploadFile.html
 */

export interface MiniResponse {
  /** Text, or what the platform has parsed from JSON. */
  data: unknown
  statusCode: number
  header?: object | undefined
}

/** Why there was no response. Each platform has its own fields and texts. */
export interface MiniFault {
  errMsg?: string | undefined
  errno?: number | undefined
  /** Of Alipay, also by Taro. */
  errorMessage?: string | undefined
  /** Alipay reports HTTP errors as faults with the response in it. */
  status?: number | undefined
  data?: unknown
  headers?: object | undefined
}

interface Callbacks {
  success(response: MiniResponse): void
  fail(fault: MiniFault): void
}

export interface RequestSettings extends Callbacks {
  url: string
  method: 'POST'
  header: Record<string, string>
  data: string
  timeout: number
}

export interface UploadFileSettings extends Callbacks {
  url: string
  filePath: string
  /** Name of the form field with the file. */
  name: string
  /** The other form fields; platforms send them before the file, as OSS needs it. */
  formData: Record<string, string>
  timeout: number
  /** Alipay, DingTalk and uni-app on them need it; others ignore it. */
  fileType: 'image' | 'video' | 'audio'
}

export interface ProgressUpdate {
  /** Of the whole request, in per cent. */
  progress: number
  totalBytesSent?: number
  totalBytesExpectedToSend?: number
}

/** Base library 1.4 of WeChat has it; DingTalk returns nothing. */
export interface MiniTask {
  abort?(): unknown
  onProgressUpdate?(listener: (update: ProgressUpdate) => void): unknown
  onHeadersReceived?(listener: (response: { header: object }) => void): unknown
}

interface FileInfoSettings {
  filePath: string
  success(info: { size: number }): void
  fail(fault: MiniFault): void
}

interface ImageInfoSettings {
  src: string
  /** `type` is `jpeg`, `png`, …, or `unknown`; Alipay's published types say that it is a number. */
  success(info: { type?: unknown }): void
  fail(fault: MiniFault): void
}

interface HasFileInfo {
  getFileInfo?(settings: FileInfoSettings): unknown
}

export interface MiniApi extends HasFileInfo {
  request(settings: RequestSettings): unknown
  uploadFile(settings: UploadFileSettings): unknown
  getFileSystemManager?(): HasFileInfo
  getImageInfo?(settings: ImageInfoSettings): unknown
  onNetworkStatusChange?(listener: (status: { isConnected: boolean }) => void): unknown
  onAppShow?(listener: () => void): unknown
  onAppHide?(listener: () => void): unknown
}

/** A file as the pickers of the platforms return it: by `path` or `tempFilePath`. */
export interface PickedFile {
  path?: string
  tempFilePath?: string
  size?: number
  /** @default the last part of the path */
  name?: string
  /** A media type; what is none, e.g. WeChat's `image`, is ignored. @default by the extension of name or path, else as `getImageInfo` says */
  type?: string
}
