/**
 * oss-upcall/wechat: uploads from a WeChat mini program, with its own `wx`.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/media/video/wx.chooseMedia.html
 */
import { createMiniClient, type MiniClient } from './client.ts'
import type { MiniApi, MiniFault, PickedFile } from './model.ts'
import type { MiniOptions, MiniUpload } from './upload.ts'

export { type ClientErrorCode, UploadError } from '../http/errors.ts'
export type { Progress, RetryInfo, UploadResult, UploadState } from '../options.ts'
export type { PickedFile } from './model.ts'
export type { MiniOptions, MiniUpload } from './upload.ts'

export interface ChooseMediaOptions {
  /** 1 … 20. @default 9 */
  count?: number
  /** @default image and video */
  mediaType?: ('image' | 'video' | 'mix')[]
  sourceType?: ('album' | 'camera')[]
  /** Of a video that is recorded, 3 … 60 seconds. */
  maxDuration?: number
  sizeType?: ('original' | 'compressed')[]
  camera?: 'back' | 'front'
}

/** As `wx.chooseMedia` returns it, and as `upload` takes it. */
export interface ChosenMedia extends PickedFile {
  tempFilePath: string
  /** Bytes. */
  size: number
  fileType: 'image' | 'video'
  thumbTempFilePath?: string
}

interface WechatApi extends MiniApi {
  chooseMedia(
    settings: ChooseMediaOptions & {
      success(result: { tempFiles: ChosenMedia[] }): void
      fail(fault: MiniFault): void
    },
  ): unknown
}

declare const wx: WechatApi

let client: MiniClient | undefined

/** Uploads a file that `wx.chooseMedia`, `wx.chooseMessageFile` or a recorder returned. @see MiniClient */
export function upload(file: PickedFile, options: MiniOptions): MiniUpload {
  client ??= createMiniClient(wx)
  return client.upload(file, options)
}

/**
 * Lets the user choose or take photos and videos.
 *
 * @returns an empty list when the user cancels; rejects with what `wx.chooseMedia` reports otherwise
 */
export function chooseMedia(options: ChooseMediaOptions = {}): Promise<ChosenMedia[]> {
  return new Promise((resolve, reject) => {
    wx.chooseMedia({
      ...options,
      success: ({ tempFiles }) => resolve(tempFiles),
      fail: (fault) => (/cancel/.test(fault.errMsg ?? '') ? resolve([]) : reject(fault)),
    })
  })
}
