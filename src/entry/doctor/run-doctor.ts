/** All checks, in the order of the report; those of different hosts run at the same time. */
import { ConfigError } from '../../service/errors.ts'
import { redact } from '../../service/redact.ts'
import { listSettingWarnings } from '../../service/setting-warnings.ts'
import { listWarnings } from '../../signer/profile.ts'
import { readConfig } from '../config.ts'
import { checkBucket } from './check-bucket.ts'
import { checkBucketOrigins, checkServiceOrigins } from './check-cors.ts'
import { checkDelivery } from './check-delivery.ts'
import { checkExcesses } from './check-excess.ts'
import { checkOss, type UsableOss } from './check-oss.ts'
import { checkDirectReceivers, checkTokenKeys } from './check-others.ts'
import { checkPermissions } from './check-permissions.ts'
import { checkPublicUrl } from './check-public-url.ts'
import { checkUpload } from './check-upload.ts'
import { checkWebhooks } from './check-webhook.ts'
import { createContext, type DoctorConfig, type DoctorContext } from './context.ts'
import { type Finding, fail, notChecked, ok, type Text, text, warn } from './finding.ts'
import { FINDING_IDS } from './finding-ids.ts'
import type { CodeParts } from './own-parts.ts'
import type { DoctorPorts } from './ports.ts'

export interface DoctorOptions {
  /** For tokens in files. */
  readTextFile?: (path: string) => Promise<string>
  /** Of a service inside a program: what its code brings. */
  own?: CodeParts
}

type Env = Readonly<Record<string, string | undefined>>

function describeIssues(issues: readonly string[]): Finding[] {
  return issues.map((issue) =>
    fail('settings', {
      what: text(issue, issue),
      why: text(
        'The service does not start; nothing else was checked.',
        '服务无法启动；其余未检查。',
      ),
      fix: text(
        'Correct it: docs/settings.md has a table of all.',
        '请修正；docs/settings.md 中有全部设置。',
      ),
    }),
  )
}

function listRisks({ config, profiles }: DoctorContext): Finding[] {
  const sentences = [
    ...listSettingWarnings(config).map(({ message }) => message),
    ...profiles.flatMap(listWarnings),
  ]
  return sentences.map((sentence) =>
    warn('settings.risk', {
      what: text(sentence, sentence),
      why: text('The service works, with this risk.', '服务可以运行，但有此风险。'),
      fix: text('Change the setting, unless it is meant so.', '若非有意如此，请修改设置。'),
    }),
  )
}

function skipUpload(): Finding[] {
  const what = text('No test upload without a usable bucket.', 'Bucket 不可用，没有测试上传。')
  return [notChecked('upload.stored', what)]
}

async function checkSigned(context: DoctorContext, oss: UsableOss): Promise<Finding[]> {
  const { call } = oss
  const found = await Promise.all([
    checkPermissions(context, call),
    checkExcesses(context, call),
    checkBucket(context, call),
    checkBucketOrigins(context),
  ])
  return found.flat()
}

async function checkOssSide(context: DoctorContext) {
  const { findings, oss } = await checkOss(context)
  return { oss, findings: oss ? [...findings, ...(await checkSigned(context, oss))] : findings }
}

async function checkServiceSide(context: DoctorContext): Promise<Finding[]> {
  const findings = await checkPublicUrl(context)
  const isReached = findings.some(({ id, state }) => id === 'public.http' && state === 'ok')
  if (!isReached) return findings
  const more = await Promise.all([checkServiceOrigins(context), checkDelivery(context)])
  return [...findings, ...more.flat()]
}

/** Texts that no finding may hold: a last guard, the checks repeat none of them. */
function listSecrets(config: DoctorConfig) {
  const { secret, auth, webhook, beforeWebhook, operatorToken, credentials } = config
  const keys =
    typeof credentials === 'function'
      ? []
      : [credentials.accessKeySecret, credentials.securityToken]
  return [
    ...[secret].flat(),
    ...(auth && 'secret' in auth ? [auth.secret].flat() : []),
    ...(webhook?.secrets ?? []),
    ...(beforeWebhook?.secrets ?? []),
    operatorToken,
    ...keys,
  ].filter((secret) => secret !== undefined)
}

function cleanTexts(finding: Finding, secrets: readonly string[]): Finding {
  const clean = ({ en, zh }: Text): Text => text(redact(en, secrets), redact(zh, secrets))
  const { what, why, fix } = finding
  return { ...finding, what: clean(what), why: why && clean(why), fix: fix && clean(fix) }
}

/** Never throws for what is wrong with settings, OSS or the service: that is a finding. */
export async function runDoctor(
  env: Env,
  ports: DoctorPorts,
  { own, ...reading }: DoctorOptions = {},
): Promise<Finding[]> {
  let config: DoctorConfig
  try {
    config = own ? readConfig(env, { ...reading, own }) : readConfig(env, reading)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return describeIssues(error.issues)
  }
  const context = createContext(config, ports)
  const settings = ok('settings', text('The settings can be used.', '设置可用。'))
  const [ossSide, serviceSide, others] = await Promise.all([
    checkOssSide(context),
    checkServiceSide(context),
    Promise.all([checkWebhooks(context), checkTokenKeys(context), checkDirectReceivers(context)]),
  ])
  const { oss } = ossSide
  const upload = oss
    ? await checkUpload(context, oss, [...ossSide.findings, ...serviceSide])
    : skipUpload()
  const findings = [
    settings,
    ...listRisks(context),
    ...ossSide.findings,
    ...serviceSide,
    ...upload,
    ...others.flat(),
  ]
  const secrets = listSecrets(config)
  const order = new Map(FINDING_IDS.map((id, at) => [id, at]))
  return findings
    .map((finding) => cleanTexts(finding, secrets))
    .sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
}
