/**
 * Permissions that the service's key should not have: a leaked key could do what it allows. Only what can be tried without
 * harm is tried; deleting is tried with the doctor's own object, in check-upload.ts.
 */
import { type DoctorContext, readPrefix } from './context.ts'
import { type Finding, notChecked, ok, type Text, text, warn } from './finding.ts'
import type { FindingId } from './finding-ids.ts'
import type { OssCall } from './oss-call.ts'
import { PROBES, type Probe, runProbe } from './probes.ts'

export interface Excess {
  id: FindingId
  action: string
  en: string
  zh: string
}

export function describeExcess({ id, action, en, zh }: Excess): Finding {
  return warn(id, {
    what: text(`The AccessKey may ${en} (${action}).`, `AccessKey 可以${zh}（${action}）。`),
    why: text(
      'The service does not need it; whoever gets hold of the key can use it.',
      '服务不需要这项权限；密钥一旦泄露就会被利用。',
    ),
    fix: text(
      `Take ${action} out of the RAM policy: docs/service.md, "To a real bucket", has one that is enough.`,
      `从 RAM 策略中去掉 ${action}；docs/service.md “To a real bucket” 中的策略已经足够。`,
    ),
    details: { action },
  })
}

export function describeNoExcess({ id, en, zh }: Excess): Finding {
  const what = text(
    `The AccessKey may not ${en}, as it should be.`,
    `AccessKey 不能${zh}（正确）。`,
  )
  return ok(id, what)
}

async function checkExcess(call: OssCall, excess: Excess, probe: Probe): Promise<Finding> {
  const verdict = await runProbe(call, probe)
  if (verdict.kind === 'allowed') return describeExcess(excess)
  if (verdict.kind === 'denied') return describeNoExcess(excess)
  const { words } = verdict
  return notChecked(
    excess.id,
    text(
      `Nothing can be said of ${excess.action}: ${words.en}.`,
      `无法判断 ${excess.action} 权限：${words.zh}。`,
    ),
  )
}

const NOT_TRIED: Text = text(
  'Whether the AccessKey may delete the bucket or change its policy, lifecycle or encryption cannot be tried without harm.',
  'AccessKey 能否删除 Bucket，或修改其策略、生命周期、加密，无法在不造成影响的情况下测试。',
)

export async function checkExcesses(
  { profiles, ports }: DoctorContext,
  call: OssCall,
): Promise<Finding[]> {
  const prefixes = profiles.map(readPrefix)
  const withAcl = new Set(profiles.filter(({ acl }) => acl !== undefined).map(readPrefix))
  const plain = prefixes.find(
    (prefix) => ![...withAcl].some((other) => prefix.startsWith(other) || other.startsWith(prefix)),
  )
  // No profile's prefix begins so: ids are random.
  const elsewhere = `.upcall-doctor-${ports.newId()}/x`
  const findings: (Finding | Promise<Finding>)[] = []
  if (!prefixes.includes('')) {
    const excess: Excess = {
      id: 'excess.prefix',
      action: 'oss:PutObject',
      en: 'write outside the prefixes of the profiles',
      zh: '在各 profile 的前缀之外写入',
    }
    findings.push(checkExcess(call, excess, PROBES.putObject(elsewhere)))
  }
  if (plain !== undefined) {
    const excess: Excess = {
      id: 'excess.object-acl',
      action: 'oss:PutObjectAcl',
      en: 'make objects public',
      zh: '把文件设为公开',
    }
    const key = `${plain}.upcall-doctor-${ports.newId()}`
    findings.push(checkExcess(call, excess, PROBES.putObjectAcl(key)))
  }
  const bucketAcl: Excess = {
    id: 'excess.bucket-acl',
    action: 'oss:PutBucketAcl',
    en: 'make the bucket public',
    zh: '把 Bucket 设为公开',
  }
  const bucketCors: Excess = {
    id: 'excess.bucket-cors',
    action: 'oss:PutBucketCors',
    en: "change the bucket's CORS rules",
    zh: '修改 Bucket 的跨域规则',
  }
  findings.push(
    checkExcess(call, bucketAcl, PROBES.putBucketAcl()),
    checkExcess(call, bucketCors, PROBES.putBucketCors()),
    notChecked(
      'excess.others',
      NOT_TRIED,
      text(
        'Look at the RAM policy: it should name the six actions of docs/service.md and no oss:*.',
        '检查 RAM 策略：应只包含 docs/service.md 中的六项操作，不要使用 oss:*。',
      ),
    ),
  )
  return Promise.all(findings)
}
