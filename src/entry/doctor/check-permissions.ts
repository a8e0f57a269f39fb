/** The permissions that the service needs, under the prefix of each profile. */
import { type DoctorContext, listPrefixes } from './context.ts'
import { type Finding, fail, notChecked, ok, text } from './finding.ts'
import type { FindingId } from './finding-ids.ts'
import type { OssCall } from './oss-call.ts'
import { PROBES, type Probe, runProbe } from './probes.ts'

interface Need {
  id: FindingId
  action: string
  /** What it is needed for. */
  en: string
  zh: string
  /** Whether it is granted for the bucket instead of objects. */
  ofBucket?: boolean
  prefixes: readonly string[]
  probe(prefix: string): Probe
}

function listNeeds({ profiles, ports }: DoctorContext): Need[] {
  const keyUnder = (prefix: string): string => `${prefix}.upcall-doctor-${ports.newId()}`
  const swept = profiles.filter(({ direct }) => !direct)
  const inParts = profiles.filter(({ methods }) => methods.includes('multipart'))
  const withAcl = profiles.filter(({ acl }) => acl !== undefined)
  const needs: Need[] = [
    {
      id: 'permission.put',
      action: 'oss:PutObject',
      en: 'every upload',
      zh: '所有上传',
      prefixes: listPrefixes(profiles),
      probe: (prefix) => PROBES.putObject(keyUnder(prefix)),
    },
    {
      id: 'permission.read',
      action: 'oss:GetObject',
      en: 'the HEAD that proves a callback',
      zh: '验证回调的 HEAD 请求',
      prefixes: listPrefixes(profiles),
      probe: (prefix) => PROBES.head(keyUnder(prefix)),
    },
    {
      id: 'permission.parts',
      action: 'oss:ListParts',
      en: 'uploads in parts that go on after an interruption',
      zh: '分片上传的断点续传',
      prefixes: listPrefixes(inParts),
      probe: (prefix) => PROBES.listParts(keyUnder(prefix)),
    },
    {
      id: 'permission.abort',
      action: 'oss:AbortMultipartUpload',
      en: 'uploads in parts that are cancelled',
      zh: '取消分片上传',
      prefixes: listPrefixes(inParts),
      probe: (prefix) => PROBES.abort(keyUnder(prefix)),
    },
    {
      id: 'permission.list',
      action: 'oss:ListObjects',
      en: 'the sweep, which finds uploads whose callback was lost',
      zh: '巡检（找回丢失回调的上传）',
      ofBucket: true,
      prefixes: listPrefixes(swept),
      probe: (prefix) => PROBES.listObjects(prefix),
    },
    {
      id: 'permission.list-uploads',
      action: 'oss:ListMultipartUploads',
      en: 'the sweep, which ends abandoned uploads in parts',
      zh: '巡检（清理被放弃的分片上传）',
      ofBucket: true,
      prefixes: listPrefixes(swept),
      probe: (prefix) => PROBES.listUploads(prefix),
    },
    {
      id: 'permission.acl',
      action: 'oss:PutObjectAcl',
      en: 'profiles with `acl`',
      zh: '设置了 acl 的 profile',
      prefixes: listPrefixes(withAcl),
      probe: (prefix) => PROBES.putObjectAcl(keyUnder(prefix)),
    },
  ]
  return needs.filter(({ prefixes }) => prefixes.length > 0)
}

async function checkNeed(call: OssCall, need: Need, bucket: string): Promise<Finding> {
  const { id, action, en, zh, prefixes, ofBucket = false } = need
  const verdicts = await Promise.all(prefixes.map((prefix) => runProbe(call, need.probe(prefix))))
  const denied = prefixes.filter((_, at) => verdicts[at]?.kind === 'denied')
  const unknown = verdicts.find((verdict) => verdict.kind === 'unknown')
  if (denied.length > 0) {
    const resources = ofBucket
      ? `acs:oss:*:*:${bucket}`
      : denied.map((prefix) => `acs:oss:*:*:${bucket}/${prefix}*`).join(', ')
    return fail(id, {
      what: text(`The AccessKey lacks ${action}.`, `AccessKey 缺少 ${action} 权限。`),
      why: text(`It is needed for ${en}.`, `用于${zh}。`),
      fix: text(
        `Allow ${action} on ${resources} in the RAM policy (docs/service.md, "To a real bucket").`,
        `在 RAM 策略中对 ${resources} 允许 ${action}（见 docs/service.md “To a real bucket”）。`,
      ),
      details: { action, prefixes: denied.join(' ') },
    })
  }
  if (unknown?.kind === 'unknown') {
    const { words } = unknown
    return notChecked(
      id,
      text(
        `Nothing can be said of ${action}: ${words.en}.`,
        `无法判断 ${action} 权限：${words.zh}。`,
      ),
    )
  }
  return ok(id, text(`${action} is allowed.`, `已有 ${action} 权限。`), { action })
}

export function checkPermissions(context: DoctorContext, call: OssCall): Promise<Finding[]> {
  const { bucket } = context.place
  return Promise.all(listNeeds(context).map((need) => checkNeed(call, need, bucket)))
}
