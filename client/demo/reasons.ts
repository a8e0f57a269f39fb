/** Why an upload has failed, in the page's language. */
import { explain } from '../explain.ts'
import type { UploadError } from '../index.ts'
import { getLanguage } from './language.ts'

/** By the code of the client, the service or OSS. */
const CHINESE_REASONS: Readonly<Record<string, string>> = {
  ABORTED: '上传已取消。',
  BAD_RESPONSE: '响应并非来自上传服务或 OSS，可能是代理或登录页面。',
  CHECKSUM_MISMATCH: 'OSS 收到的数据与文件不一致，请换一个网络再试。',
  CONFIRM_FAILED: '文件已存储，但服务器尚未确认。',
  FILE_EMPTY: '文件是空的。',
  FILE_TOO_LARGE: '文件太大，超过上传规则的上限。',
  FILE_TOO_SMALL: '文件太小，低于上传规则的下限。',
  FILE_UNREADABLE: '无法读取文件：它已被修改、移动或删除，或者是一个文件夹。请重新选择。',
  HTTP_407: '此网络的代理要求登录。请先登录，或换一个网络。',
  NETWORK: '网络连接中断且未恢复。已存储的部分会保留，重试即从中断处继续。',
  OFFLINE: '设备已离线。已存储的部分会保留，重试即从中断处继续。',
  RATE_LIMITED: '请求过于频繁，请稍后再试。',
  SESSION_EXPIRED: '这次上传已过期，请重新上传。',
  STALLED: '长时间没有数据传输。已存储的部分会保留，重试即从中断处继续。',
  TYPE_REFUSED: '上传规则不允许此类型的文件。',
}

export function describeFailure(error: UploadError): string {
  const reason = getLanguage() === 'zh-CN' ? CHINESE_REASONS[error.code] : undefined
  return reason ? `${reason}（${error.code}）` : explain(error)
}
