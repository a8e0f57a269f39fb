/**
 * The client of mini programs: files of their pickers, sent by `uploadFile` with the form of a ticket.
 */
import { createGate } from '../upload/queue.ts'
import { describeFile } from './files.ts'
import { createHost } from './host.ts'
import type { MiniApi, PickedFile } from './model.ts'
import { sendFile, sendText } from './send.ts'
import { type MiniOptions, type MiniUpload, startUpload } from './upload.ts'

/** WeChat sends at most ten requests at a time and fails what is beyond them; the program has others too. */
const DEFAULT_CONCURRENCY = 4

export interface MiniClientOptions {
  /** Files that are sent at the same time. @default 4 */
  concurrency?: number
}

export interface MiniClient {
  /**
   * Uploads a file of the platform's pickers; the profile must allow the method `form`.
   *
   * @throws UploadError (the promise rejects)
   */
  upload(file: PickedFile, options: MiniOptions): MiniUpload
}

/** OSS needs none of it; Alipay refuses a file without. */
function chooseFileType(type: string): 'image' | 'video' | 'audio' {
  const [kind] = type.split('/')
  return kind === 'video' || kind === 'audio' ? kind : 'image'
}

/** @param api `wx`, `uni`, `Taro`, `tt`, …; `fromAlipay(my)`, `fromDingtalk(dd)`. Call it once. */
export function createMiniClient(
  api: MiniApi,
  { concurrency = DEFAULT_CONCURRENCY }: MiniClientOptions = {},
): MiniClient {
  const host = createHost(api)
  const gate = createGate(concurrency)
  return {
    upload: (file, options) =>
      startUpload(options, {
        host,
        gate,
        method: 'form',
        describe: () => describeFile(api, file),
        sendText: (request) => sendText(api, request),
        sendFile(ticket, { path, type, size }, limits) {
          const fields = ticket.kind === 'form' ? ticket.fields : {}
          const request = { stage: 'send' as const, url: ticket.url, filePath: path, fields, size }
          return sendFile(api, { ...request, fileType: chooseFileType(type), ...limits })
        },
      }),
  }
}
