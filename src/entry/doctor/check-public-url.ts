/** The public URL, hop by hop: DNS, TLS, SNI, HTTP, and then the service itself. */
import { checkCallbackPath } from './check-callback-path.ts'
import { checkHandshake, type HostFault, resolveHost } from './check-host.ts'
import type { DoctorContext } from './context.ts'
import { type Advice, type Finding, fail, ok, text, warn } from './finding.ts'
import type { FindingId } from './finding-ids.ts'
import { fetchText } from './network.ts'
import { WARN_SKEW_SECONDS } from './oss-response.ts'
import { describeStatus, FIX, WHY } from './public-url-words.ts'

/** Certificates are renewed 30 days ahead as a rule; with less than this the renewal has failed. */
const FEW_DAYS = 10

function failHop(id: FindingId, { hop, words }: Omit<HostFault, 'kind'>): Finding {
  const what = text(`${words.en}.`, `${words.zh}。`)
  return fail(id, { what, why: WHY, fix: FIX[id], details: { hop } })
}

async function checkTls(context: DoctorContext, url: URL, address: string): Promise<Finding> {
  const state = await checkHandshake(url, context, { address, withName: true })
  if (state.kind === 'failed') {
    return failHop(state.hop === 'sni' ? 'public.sni' : 'public.tls', state)
  }
  const what = text(`${state.words.en}.`, `${state.words.zh}。`)
  if (state.daysLeft >= FEW_DAYS) return ok('public.tls', what)
  return warn('public.tls', { what, why: WHY, fix: FIX['public.tls'] })
}

function isHealth(body: string): { durable: boolean } | undefined {
  try {
    const health = JSON.parse(body) as { status?: unknown; durable?: unknown } | null
    return health?.status === 'ok' ? { durable: health.durable === true } : undefined
  } catch {
    return undefined
  }
}

/** The service signs with its own clock. Both are read to the second, and a proxy may send its own time. */
function checkServiceClock(headers: Headers, now: Date): Finding[] {
  const seconds = Math.round((Date.parse(headers.get('date') ?? '') - now.getTime()) / 1000)
  if (Number.isNaN(seconds)) return []
  const what = text(
    `The clock of the service is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the one here.`,
    `服务的时钟比本机${seconds < 0 ? '慢' : '快'} ${Math.abs(seconds)} 秒。`,
  )
  const details = { seconds: String(seconds) }
  if (Math.abs(seconds) <= WARN_SKEW_SECONDS) return [ok('public.clock', what, details)]
  const why = text(
    'It signs uploads and webhooks with that clock, and reads the end of tokens by it.',
    '服务按该时钟为上传和 webhook 签名，并判断令牌是否过期。',
  )
  const fix = text(
    'Start NTP on the machine of the service; if oss.clock fails, on this one first.',
    '在服务所在机器启用 NTP；若 oss.clock 也失败，请先处理本机。',
  )
  return [warn('public.clock', { what, why, fix, details })]
}

async function checkHttp({ publicUrl, ports, config }: DoctorContext): Promise<Finding[]> {
  const response = await fetchText(ports.fetch, `${publicUrl}/healthz`, { method: 'GET' })
  if (response.kind === 'failed') return [failHop('public.http', response.fault)]
  const health = response.status === 200 ? isHealth(response.body) : undefined
  if (!health) {
    const what = describeStatus(response, '/healthz')
    const details = { hop: 'http', status: String(response.status) }
    return [fail('public.http', { what, why: WHY, fix: FIX['public.http'], details })]
  }
  const reached = [
    ok('public.http', text('The service responds.', '服务有响应。')),
    ...checkServiceClock(response.headers, ports.now()),
  ]
  // With the operator's token the service says more, see check-delivery.ts.
  if (health.durable || config.operatorToken !== undefined) return reached
  const store: Advice = {
    what: text('Receipts are recorded in memory.', '回执只记录在内存中。'),
    why: text('A restart loses what is not delivered yet.', '重启会丢失尚未投递的回执。'),
    fix: text(
      'Give the service an outbox: docs/delivery.md.',
      '为服务配置发件箱：见 docs/delivery.md。',
    ),
  }
  return [...reached, warn('delivery.store', store)]
}

async function checkReady({ publicUrl, ports }: DoctorContext): Promise<Finding> {
  const response = await fetchText(ports.fetch, `${publicUrl}/readyz`, { method: 'GET' })
  const status = response.kind === 'failed' ? response.fault.code : String(response.status)
  if (status === '200') {
    return ok('public.ready', text('The service can take uploads.', '服务可以接受上传。'))
  }
  const failed =
    response.kind === 'failed'
      ? []
      : [...response.body.matchAll(/"(outbox|credentials)":"(failed|timeout)"/g)].map(
          ([, name]) => name,
        )
  const names = failed.length > 0 ? failed.join(', ') : `HTTP ${status}`
  return fail('public.ready', {
    what: text(`The service is not ready: ${names}.`, `服务未就绪：${names}。`),
    why: text(
      'Uploads fail, or their receipts cannot be recorded.',
      '上传会失败，或无法记录回执。',
    ),
    fix: text(
      'Look into the log of the service (NOT_READY, CREDENTIALS_…, OUTBOX_…): its store or its source of credentials is gone.',
      '查看服务日志（NOT_READY、CREDENTIALS_…、OUTBOX_…）：存储或凭证来源不可用。',
    ),
    details: { checks: failed.join(' ') },
  })
}

/** Stops at the first hop that fails: all that comes after it would say the same. */
export async function checkPublicUrl(context: DoctorContext): Promise<Finding[]> {
  const url = new URL(context.publicUrl)
  const name = await resolveHost(url, context)
  if (name.kind === 'failed') return [failHop('public.dns', name)]
  const findings = [ok('public.dns', text(`${name.words.en}.`, `${name.words.zh}。`))]
  if (url.protocol === 'https:') {
    const tls = await checkTls(context, url, name.address)
    findings.push(tls)
    if (tls.state === 'fail') return findings
    if (tls.id === 'public.tls') {
      findings.push(ok('public.sni', text('The certificate is of this host.', '证书属于该域名。')))
    }
  }
  findings.push(...(await checkHttp(context)))
  if (findings.some(({ state }) => state === 'fail')) return findings
  return [...findings, await checkReady(context), await checkCallbackPath(context)]
}
