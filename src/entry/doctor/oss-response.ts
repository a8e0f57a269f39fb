/** What OSS's first response says of connection, clock, credentials, region and bucket. */
import { buildPlace } from '../../protocol/address.ts'
import type { DoctorContext } from './context.ts'
import { type Finding, fail, ok, text, warn } from './finding.ts'
import type { OssOutcome, OssResponse } from './oss-call.ts'

/** OSS refuses requests that were signed more than 15 minutes off. */
const MAX_SKEW_SECONDS = 900
/** More is the sign of a machine without NTP, seconds. */
export const WARN_SKEW_SECONDS = 30

const CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  'AccessKeyIdAndSecurityTokenNotMatch',
  'InvalidAccessKeyId',
  'InvalidSecurityToken',
  'SecurityTokenExpired',
  'SecurityTokenNotSupported',
  'SignatureDoesNotMatch',
  'UserDisable',
])
/** EC of a signature for another region. */
const WRONG_REGION_EC = '0002-00000226'

function checkConnection(response: OssOutcome, { place }: DoctorContext): Finding {
  const { host } = new URL(buildPlace(place).url)
  const fix = text(
    'Check OSS_ENDPOINT, OSS_REGION and OSS_BUCKET, DNS and firewall. Without OSS_ENDPOINT the public endpoint of the region is used.',
    '检查 OSS_ENDPOINT、OSS_REGION、OSS_BUCKET、DNS 和防火墙。不设置 OSS_ENDPOINT 时使用该地域的公网 Endpoint。',
  )
  const why = text('Browsers send every file there.', '浏览器把所有文件上传到那里。')
  if (response.kind === 'failed') {
    const { words, hop, code } = response.fault
    const what = text(`${host}: ${words.en}.`, `${host}：${words.zh}。`)
    return fail('oss.connect', { what, why, fix, details: { hop, code } })
  }
  const { status, isOss } = response
  if (isOss && status < 500) {
    return ok('oss.connect', text(`OSS responds at ${host}.`, `OSS 在 ${host} 有响应。`))
  }
  const what = isOss
    ? text(`OSS at ${host} responds ${status}.`, `${host} 的 OSS 返回 ${status}。`)
    : text(`What responds at ${host} is not OSS.`, `${host} 上响应的不是 OSS。`)
  return fail('oss.connect', { what, why, fix, details: { hop: 'http', status: String(status) } })
}

function checkClock({ headers, code }: OssResponse, { ports }: DoctorContext): Finding[] {
  const theirs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(theirs) && code !== 'RequestTimeTooSkewed') return []
  const seconds = Math.round((ports.now().getTime() - theirs) / 1000)
  const off = Math.abs(seconds)
  const what = text(
    `The clock here is ${off} s ${seconds < 0 ? 'behind' : 'ahead of'} OSS.`,
    `本机时钟比 OSS ${seconds < 0 ? '慢' : '快'} ${off} 秒。`,
  )
  const details = { seconds: String(seconds) }
  const why = text(
    'OSS refuses signatures that are 15 minutes off, and tickets end earlier or later than they say.',
    '时间相差 15 分钟以上时 OSS 会拒绝签名，上传凭据的有效期也会不准。',
  )
  const fix = text('Start NTP on this machine (chrony, ntpd).', '在本机启用 NTP（chrony、ntpd）。')
  if (code === 'RequestTimeTooSkewed' || off > MAX_SKEW_SECONDS) {
    return [fail('oss.clock', { what, why, fix, details })]
  }
  if (off > WARN_SKEW_SECONDS) return [warn('oss.clock', { what, why, fix, details })]
  return [ok('oss.clock', what, details)]
}

function checkRegion(
  { code, message, ec, body }: OssResponse,
  region: string,
): Finding | undefined {
  const isSigned = ec === WRONG_REGION_EC || /signing region/i.test(message)
  const isAddressed = code === 'AccessDenied' && /must be addressed using/i.test(message)
  if (!isSigned && !isAddressed) return undefined
  const place = /<Endpoint>(oss-[a-z0-9.-]{1,100})<\/Endpoint>/.exec(body)?.[1]
  const hint = place === undefined ? '' : ` (${place})`
  return fail('oss.region', {
    what: text(
      `The bucket is not in the region ${region}${hint}.`,
      `该 Bucket 不在地域 ${region}${hint}。`,
    ),
    why: text(
      'The region is part of every signature: OSS refuses all of them.',
      '地域是签名的一部分：所有签名都会被拒绝。',
    ),
    fix: text(
      'Set OSS_REGION to the region that the console shows for the bucket, and OSS_ENDPOINT to one of that region.',
      '把 OSS_REGION 设为控制台显示的该 Bucket 所在地域，OSS_ENDPOINT 也使用该地域的。',
    ),
  })
}

function checkCredentials({ status, code, ec }: OssResponse): Finding {
  const said = ec === '' ? code : `${code}, EC ${ec}`
  if (status < 300 || code === 'AccessDenied' || code === 'NoSuchBucket') {
    return ok('oss.credentials', text('OSS accepts the AccessKey.', 'OSS 接受该 AccessKey。'))
  }
  const isKnown = CREDENTIAL_CODES.has(code)
  return fail('oss.credentials', {
    what: text(
      `OSS refuses ${isKnown ? 'the AccessKey' : 'a signed request'} (${said}).`,
      `OSS 拒绝${isKnown ? '该 AccessKey' : '签名的请求'}（${said}）。`,
    ),
    why: text('No upload can be signed.', '无法为任何上传签名。'),
    fix:
      code === 'SignatureDoesNotMatch'
        ? text(
            'The secret does not belong to this AccessKey id: set both again, without spaces or quotes. Or a proxy changes requests.',
            'Secret 与该 AccessKey ID 不匹配：重新设置两者，不要带空格或引号。也可能有代理改动了请求。',
          )
        : text(
            'Set the AccessKey of an active RAM user, or the variables of a role, anew.',
            '重新设置有效 RAM 用户的 AccessKey，或角色的变量。',
          ),
    details: { code },
  })
}

function missingBucket(bucket: string): Finding {
  return fail('oss.bucket', {
    what: text(`There is no bucket ${bucket}.`, `Bucket ${bucket} 不存在。`),
    why: text('Nothing can be stored.', '无法存储任何文件。'),
    fix: text(
      'Create it in the console, or set OSS_BUCKET to its name.',
      '在控制台创建，或把 OSS_BUCKET 设为正确的名称。',
    ),
  })
}

/** @returns findings in the order of the report; `isUsable`: signed requests can go on */
export function classifyOss(
  response: OssOutcome,
  context: DoctorContext,
): { findings: Finding[]; isUsable: boolean } {
  const connection = checkConnection(response, context)
  if (response.kind === 'failed' || connection.state !== 'ok') {
    return { findings: [connection], isUsable: false }
  }
  const { bucket, region } = context.place
  const clock = checkClock(response, context)
  const findings = [connection, ...clock]
  if (response.code === 'RequestTimeTooSkewed') return { findings, isUsable: false }
  const wrongRegion = checkRegion(response, region)
  if (wrongRegion) return { findings: [...findings, wrongRegion], isUsable: false }
  const credentials = checkCredentials(response)
  findings.push(credentials)
  if (credentials.state !== 'ok') return { findings, isUsable: false }
  findings.push(ok('oss.region', text(`It is in ${region}.`, `位于 ${region}。`)))
  if (response.code === 'NoSuchBucket') {
    return { findings: [...findings, missingBucket(bucket)], isUsable: false }
  }
  findings.push(ok('oss.bucket', text(`The bucket is ${bucket}.`, `Bucket 为 ${bucket}。`)))
  return { findings, isUsable: true }
}
