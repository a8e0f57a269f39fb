/**
 * Settings of the bucket, where the key may read them. The service itself does not need to.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */

import {
  type LifecycleRule,
  parseBucketAcl,
  parseLifecycle,
  parsePublicAccessBlock,
  parseVersioning,
} from '../../protocol/bucket-settings-xml.ts'
import { ProtocolError } from '../../protocol/errors.ts'
import { type DoctorContext, listPrefixes } from './context.ts'
import { type Finding, fail, notChecked, ok, text, warn } from './finding.ts'
import type { FindingId } from './finding-ids.ts'
import type { OssCall } from './oss-call.ts'

interface Setting {
  id: FindingId
  /** Sub-resource of the bucket. */
  name: string
  action: string
  /** @throws {ProtocolError} `XML` */
  read(xml: string): Finding
  /** When OSS responds 404: it was never set. */
  absent?: Finding
}

function readAcl(xml: string): Finding {
  const acl = parseBucketAcl(xml)
  if (acl === 'private') {
    return ok('bucket.acl', text('The bucket is private.', 'Bucket 为私有。'))
  }
  const what = text(`The ACL of the bucket is ${acl}.`, `Bucket 的 ACL 为 ${acl}。`)
  const fix = text('Set the ACL of the bucket to private.', '把 Bucket 的 ACL 设为 private。')
  if (acl === 'public-read-write') {
    const why = text(
      'Anyone can store, replace and delete files without a ticket.',
      '任何人无需凭据即可上传、覆盖和删除文件。',
    )
    return fail('bucket.acl', { what, why, fix, details: { acl } })
  }
  const why = text('Anyone can read every upload.', '任何人都可以读取所有上传的文件。')
  return warn('bucket.acl', { what, why, fix, details: { acl } })
}

function readPublicAccess(xml: string): Finding {
  if (parsePublicAccessBlock(xml)) {
    return ok('bucket.public-access', text('Block Public Access is on.', '“阻止公共访问”已开启。'))
  }
  return warn('bucket.public-access', {
    what: text('Block Public Access is off.', '“阻止公共访问”未开启。'),
    why: text(
      'A page can add an ACL to a form for its own object, as far as the AccessKey allows it, and publish it.',
      '页面可以在表单中为自己的文件加上 ACL（若 AccessKey 允许），把它公开。',
    ),
    fix: text(
      'Switch it on: console, Permission Control → Block Public Access.',
      '在控制台“权限控制 → 阻止公共访问”中开启。',
    ),
  })
}

function readVersioning(xml: string, { profiles }: DoctorContext): Finding {
  const state = parseVersioning(xml)
  if (state === 'none' || profiles.every(({ allowOverwrite }) => allowOverwrite)) {
    const what =
      state === 'none'
        ? text('Versioning is off.', '版本控制未开启。')
        : text(
            `Versioning is ${state}, and objects may be replaced.`,
            `版本控制状态：${state}；文件允许覆盖。`,
          )
    return ok('bucket.versioning', what, { state })
  }
  return warn('bucket.versioning', {
    what: text(`Versioning is ${state}.`, `版本控制状态：${state}。`),
    why: text(
      'OSS then ignores x-oss-forbid-overwrite: a page can replace an object after its receipt. The receipt names the version.',
      '此时 OSS 忽略 x-oss-forbid-overwrite：页面可以在回执之后覆盖文件。回执中有版本号。',
    ),
    fix: text(
      'Read objects by the `versionId` of their receipt, or use a bucket without versioning.',
      '按回执中的 versionId 读取文件，或使用未开启版本控制的 Bucket。',
    ),
    details: { state },
  })
}

const NO_RULE = {
  why: text(
    'Parts of uploads that were never finished stay and cost money.',
    '未完成的分片会一直保留并产生费用。',
  ),
  fix: text(
    'Add a lifecycle rule that deletes parts after, say, 7 days: console, Data Management → Lifecycle.',
    '在控制台“数据管理 → 生命周期”中添加规则，例如 7 天后删除碎片。',
  ),
}

function readLifecycle(rules: readonly LifecycleRule[], { profiles }: DoctorContext): Finding {
  const inParts = profiles.filter(({ methods }) => methods.includes('multipart'))
  const effective = rules.filter(({ isEnabled, abortsUploads }) => isEnabled && abortsUploads)
  const missing = listPrefixes(inParts).filter(
    (prefix) => !effective.some((rule) => prefix.startsWith(rule.prefix)),
  )
  if (missing.length === 0) {
    return ok(
      'bucket.lifecycle',
      text('Parts of abandoned uploads are deleted.', '被放弃上传的碎片会被删除。'),
    )
  }
  const prefixes = missing.map((prefix) => `${prefix}*`).join(', ')
  return warn('bucket.lifecycle', {
    what: text(
      `No lifecycle rule deletes parts of abandoned uploads (${prefixes}).`,
      `没有生命周期规则删除被放弃上传的碎片（${prefixes}）。`,
    ),
    ...NO_RULE,
    details: { prefixes: missing.join(' ') },
  })
}

async function checkSetting(call: OssCall, setting: Setting): Promise<Finding> {
  const { id, name, action, read, absent } = setting
  const response = await call({ method: 'GET', query: { [name]: '' } })
  const unknown = (en: string, zh: string): Finding => {
    const fix = text(
      `Look in the console, or allow ${action} while the doctor runs.`,
      `在控制台查看，或在运行 doctor 期间允许 ${action}。`,
    )
    return notChecked(id, text(`${action}: ${en}.`, `${action}：${zh}。`), fix)
  }
  if (response.kind === 'failed') return unknown(response.fault.words.en, response.fault.words.zh)
  const { status, code, body } = response
  if (status === 404 && absent) return absent
  if (status === 403) return unknown('the AccessKey may not ask', 'AccessKey 无权查询')
  if (status !== 200) return unknown(`OSS responds ${status} ${code}`, `OSS 返回 ${status} ${code}`)
  try {
    return read(body)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return unknown('the response cannot be read', '无法解析响应')
  }
}

export function checkBucket(context: DoctorContext, call: OssCall): Promise<Finding[]> {
  const settings: Setting[] = [
    { id: 'bucket.acl', name: 'acl', action: 'oss:GetBucketAcl', read: readAcl },
    {
      id: 'bucket.public-access',
      name: 'publicAccessBlock',
      action: 'oss:GetBucketPublicAccessBlock',
      read: readPublicAccess,
    },
    {
      id: 'bucket.versioning',
      name: 'versioning',
      action: 'oss:GetBucketVersioning',
      read: (xml) => readVersioning(xml, context),
    },
    {
      id: 'bucket.lifecycle',
      name: 'lifecycle',
      action: 'oss:GetBucketLifecycle',
      read: (xml) => readLifecycle(parseLifecycle(xml), context),
      absent: readLifecycle([], context),
    },
  ]
  return Promise.all(settings.map((setting) => checkSetting(call, setting)))
}
