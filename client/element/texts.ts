/** The texts in English and Chinese, those of a translation, and numbers with units. */
import type { UploadError } from '../http/errors.ts'
import type { UploadState } from '../options.ts'
import { formatSize, formatUnit } from './size.ts'

/** Name, English, Chinese. One text, because it is shorter than an object. */
const TABLE = `
choose|Choose files|选择文件
chooseOne|Choose a file|选择文件
chooseFolder|Choose a folder|选择文件夹
drop|or drop or paste here|或拖放、粘贴到此处
list|Uploads|上传列表
cancel|Cancel {name}|取消 {name}
remove|Remove {name}|移除 {name}
retry|Try again|重试
idle|Waiting|等待中
preparing|Preparing|处理中
paused|Paused|已暂停
offline|Offline|离线
retrying|Trying again in {time}|{time}后重试
uploading|Uploading|上传中
done|Uploaded|已上传
stored|Uploaded, being processed|已上传，正在处理
left|{time} left|剩余 {time}
tooLarge|This file is larger than {size}.|此文件超过 {size}。
tooMany|Too many files, some are left out.|文件过多，部分未添加。
settled|Uploaded: {done}. Failed: {failed}.|已上传：{done}。失败：{failed}。
busy|Files are being uploaded.|正在上传文件。
failed|An upload failed.|上传失败。
TRANSFORM_FAILED|Preparing failed.|处理失败。
refused|This file is not accepted.|不接受此文件。
wrongType|Not accepted: {type}. Accepted: {accept}.|不接受：{type}。接受：{accept}。
noFiles|There are no files in it.|没有文件。
network|The connection failed.|网络连接失败。
CONFIRM_FAILED|Uploaded, but not confirmed.|已上传，但未确认。`

export type TextName =
  | 'choose'
  | 'chooseOne'
  | 'chooseFolder'
  | 'drop'
  | 'list'
  | 'cancel'
  | 'remove'
  | 'retry'
  | 'idle'
  | 'preparing'
  | 'paused'
  | 'offline'
  | 'retrying'
  | 'uploading'
  | 'done'
  | 'stored'
  | 'left'
  | 'tooLarge'
  | 'tooMany'
  | 'settled'
  | 'busy'
  | 'failed'
  | 'TRANSFORM_FAILED'
  | 'refused'
  | 'wrongType'
  | 'noFiles'
  | 'network'
  | 'CONFIRM_FAILED'

/** Of `sources.ts`, which has them in English and Chinese. */
export type SourceTextName = 'capture' | 'paste' | 'noClipboard'

/** The page's own texts: by name, or by the code of an error. */
export type Texts = { [Name in TextName | SourceTextName | (string & {})]?: string }

/** A language of `languages/`. */
export interface Translation {
  /** For numbers, BCP 47. */
  locale: string
  /** For languages that are written from right to left. */
  dir?: 'rtl'
  texts: Readonly<Record<TextName | SourceTextName, string>>
}

export interface Words {
  /** '' leaves the direction to the page. */
  dir: string
  /** '' for a state without a text. */
  say(
    name: TextName | SourceTextName | UploadState,
    values?: Record<string, string | number>,
  ): string
  size(bytes: number): string
  time(seconds: number): string
  /** One sentence for people, and the code for support. */
  explain(error: UploadError): string
}

/** By the service or by OSS. A proxy or a sign-in page, which has other codes, may let the next attempt pass. */
export function isRefused({ code, status = 0 }: UploadError): boolean {
  return status > 399 && status < 500 && !code.startsWith('HTTP_')
}

/**
 * @param language BCP 47; one beginning with `zh` is Chinese, all others are English
 * @param own the page's own texts
 * @param translation takes the place of both languages
 */
export function createWords(language: string, own: Texts = {}, translation?: Translation): Words {
  const isChinese = /^zh/i.test(language)
  const column = isChinese ? 2 : 1
  const locale = translation?.locale ?? (isChinese ? 'zh' : 'en')
  const known: Texts =
    translation?.texts ??
    Object.fromEntries(
      TABLE.split('\n').map((line) => {
        const cells = line.split('|')
        return [cells[0], cells[column]]
      }),
    )
  const find = (name: string): string | undefined => own[name] ?? known[name]
  const say: Words['say'] = (name, values = {}) =>
    (find(name) ?? '').replace(/\{(\w+)\}/g, (_, key) => `${values[key]}`)
  return {
    dir: translation?.dir ?? '',
    say,
    size: (bytes) => formatSize(bytes, locale),
    time: (seconds) =>
      seconds < 60
        ? formatUnit(Math.ceil(seconds), 'second', locale)
        : formatUnit(seconds / 60, 'minute', locale, 1),
    explain(error) {
      const kind = error.retryable ? 'network' : isRefused(error) ? 'refused' : 'failed'
      return `${find(error.code) ?? say(kind)} (${error.code})`
    },
  }
}
