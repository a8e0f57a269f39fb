/**
 * OSS as browsers reach it: connection, clock, credentials, region, bucket. One signed listing shows all of it, because
 * OSS verifies the signature before it looks at permissions.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { CredentialsError } from '../../credentials/errors.ts'
import { buildPlace } from '../../protocol/address.ts'
import type { ExpiringCredentials } from '../../signer/credentials.ts'
import type { DoctorContext } from './context.ts'
import { type Finding, fail, notChecked, ok, text } from './finding.ts'
import { fetchText } from './network.ts'
import { createOssCall, type OssCall, type OssOutcome, readOssResponse } from './oss-call.ts'
import { classifyOss } from './oss-response.ts'

export interface UsableOss {
  call: OssCall
  credentials: ExpiringCredentials
}

export interface OssCheck {
  findings: Finding[]
  /** Absent: nothing that needs a signed request can be checked. */
  oss?: UsableOss | undefined
}

type Read = { credentials: ExpiringCredentials } | { finding: Finding }

async function readCredentials({ config }: DoctorContext): Promise<Read> {
  const { credentials } = config
  if (typeof credentials !== 'function') return { credentials }
  try {
    return { credentials: await credentials() }
  } catch (error) {
    // Messages of other errors may quote anything.
    const words = error instanceof CredentialsError ? `${error.code}: ${error.message}` : 'ERROR'
    return {
      finding: fail('oss.credentials', {
        what: text(`No credentials could be had (${words}).`, `无法获得凭证（${words}）。`),
        why: text('Without them no upload can be signed.', '没有凭证就无法为任何上传签名。'),
        fix: text(
          'Check the variables ALIBABA_CLOUD_… and the trust policy of the role; docs/credentials.md.',
          '检查 ALIBABA_CLOUD_… 变量和角色的信任策略；见 docs/credentials.md。',
        ),
      }),
    }
  }
}

/** The doctor may run outside the internal network: this is never a failure. */
async function checkInternal(
  context: DoctorContext,
  credentials: ExpiringCredentials,
): Promise<Finding[]> {
  const { config, place, ports } = context
  if (config.internalEndpoint === undefined) return []
  const internal = { ...place, endpoint: config.internalEndpoint, addressing: config.addressing }
  const response = await createOssCall(internal, credentials, ports)(LISTING)
  const { host } = new URL(buildPlace(internal).url)
  if (response.kind === 'response' && response.isOss) {
    return [ok('oss.internal', text(`${host} responds.`, `${host} 有响应。`))]
  }
  const why =
    response.kind === 'failed'
      ? response.fault.words
      : text('something else than OSS responds', '响应的不是 OSS')
  return [
    notChecked(
      'oss.internal',
      text(`${host} cannot be used from here: ${why.en}.`, `从这里无法使用 ${host}：${why.zh}。`),
      text(
        'Run the doctor on the machine of the service; if it fails there, too, OSS_INTERNAL_ENDPOINT is wrong.',
        '请在运行服务的机器上运行 doctor；若仍然失败，则 OSS_INTERNAL_ENDPOINT 有误。',
      ),
    ),
  ]
}

const LISTING = { method: 'GET', query: { uploads: '', 'max-uploads': '1' } }

export async function checkOss(context: DoctorContext): Promise<OssCheck> {
  const { place, ports } = context
  const read = await readCredentials(context)
  if ('credentials' in read) {
    const call = createOssCall(place, read.credentials, ports)
    const { findings, isUsable } = classifyOss(await call(LISTING), context)
    if (!isUsable) return { findings }
    const internal = await checkInternal(context, read.credentials)
    return { findings: [...findings, ...internal], oss: { call, credentials: read.credentials } }
  }
  const response = await fetchText(ports.fetch, buildPlace(place).url, { method: 'GET' })
  const outcome: OssOutcome =
    response.kind === 'failed'
      ? response
      : readOssResponse(response.status, response.headers, response.body)
  const { findings } = classifyOss(outcome, context)
  const known = findings.filter(({ id }) => id === 'oss.connect' || id === 'oss.clock')
  return { findings: [...known, read.finding] }
}
