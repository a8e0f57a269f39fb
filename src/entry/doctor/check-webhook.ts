/**
 * A webhook of the application: that a signed test event arrives, and that a forged one is refused.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { buildTestEventText } from '../../webhook/doctor-event.ts'
import { EVENT_MEDIA_TYPE } from '../../webhook/event.ts'
import { parseWebhookSecret, signWebhook } from '../../webhook/signature.ts'
import type { DoctorContext } from './context.ts'
import { type Finding, fail, notChecked, ok, text, warn } from './finding.ts'
import { type Fetched, fetchText } from './network.ts'

type Kind = 'webhook' | 'before'

interface Target {
  kind: Kind
  url: string
  secrets: readonly string[]
}

const WHY: Readonly<Record<Kind, ReturnType<typeof text>>> = {
  webhook: text('The application learns of uploads by it.', '应用靠它得知上传。'),
  before: text('Without its consent no upload begins.', '没有它的同意就无法开始上传。'),
}

/** The signature of the standard, or of a secret that nobody has. */
async function send(
  { ports, publicUrl }: DoctorContext,
  { url }: Target,
  secrets: readonly string[],
): Promise<Fetched | Finding['what']> {
  const id = ports.newId()
  const now = ports.now()
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const body = toUtf8(buildTestEventText(id, publicUrl, now))
  const signatures = secrets.map((secret) =>
    signWebhook(parseWebhookSecret(secret), { id, timestamp, body }),
  )
  const response = await fetchText(ports.fetch, url, {
    method: 'POST',
    headers: {
      'content-type': EVENT_MEDIA_TYPE,
      'user-agent': 'oss-upcall',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
    body,
  })
  return response.kind === 'failed' ? response.fault.words : response
}

const isOk = ({ status }: Fetched): boolean => status >= 200 && status < 300

/** What `wrangler`, a login page or a single-page application would send. */
const isPage = ({ headers }: Fetched): boolean =>
  /^text\/html\b/i.test(headers.get('content-type') ?? '')

function describeEvent(response: Fetched, { kind }: Target, host: string): Finding {
  const id = `${kind}.event` as const
  if (isOk(response) && !isPage(response)) {
    const what = text('A signed test event is accepted.', '带签名的测试事件被接受。')
    return ok(id, what, { status: String(response.status) })
  }
  const { status } = response
  const details = { status: String(status) }
  const why = WHY[kind]
  if (isPage(response) && isOk(response)) {
    return fail(id, {
      what: text(`${host} responds with a web page.`, `${host} 返回的是网页。`),
      why,
      fix: text('Point the URL to the route that takes events.', '把 URL 指向接收事件的路由。'),
      details,
    })
  }
  if (status === 401 || status === 403) {
    return fail(id, {
      what: text(
        `${host} refuses a correctly signed event (${status}).`,
        `${host} 拒绝了签名正确的事件（${status}）。`,
      ),
      why,
      fix: text(
        'Give the application the secret of UPCALL_WEBHOOK_SECRETS; it must verify the raw bytes of the body, and its clock must be right.',
        '应用要使用 UPCALL_WEBHOOK_SECRETS 中的密钥，对原始请求体验签，并保证时钟准确。',
      ),
      details,
    })
  }
  const isOther = status === 400 || status === 422
  const advice = {
    what: text(`${host} responds ${status} to a test event.`, `${host} 对测试事件返回 ${status}。`),
    why,
    fix: isOther
      ? text(
          'A receiver of your own should respond 2xx to events of types that it does not know (com.oss-upcall.test), after it has verified them.',
          '自行实现的接收端在验签后，应对不认识的事件类型（com.oss-upcall.test）返回 2xx。',
        )
      : text(
          'Check the path of the URL, and the log of the application. A redirect is not followed.',
          '检查 URL 的路径和应用日志。不会跟随重定向。',
        ),
    details,
  }
  return isOther ? warn(id, advice) : fail(id, advice)
}

function describeForged(response: Fetched, { kind }: Target, host: string): Finding {
  const id = `${kind}.signature` as const
  const { status } = response
  const details = { status: String(status) }
  if (status >= 400 && status < 500) {
    return ok(id, text('A wrong signature is refused.', '错误的签名会被拒绝。'), details)
  }
  if (!isOk(response)) {
    return notChecked(id, text(`It responds ${status}.`, `返回 ${status}。`))
  }
  return fail(id, {
    what: text(
      `${host} accepts an event with a wrong signature.`,
      `${host} 接受了签名错误的事件。`,
    ),
    why: text('Anyone can tell it of uploads that never happened.', '任何人都可以伪造上传事件。'),
    fix: text(
      'Verify every request before anything else: `createReceiver` of oss-upcall/webhook does.',
      '先验签再处理：可使用 oss-upcall/webhook 的 `createReceiver`。',
    ),
    details,
  })
}

/** 32 bytes that nobody knows. */
function makeSecret(newId: () => string): string {
  return `whsec_${btoa(`${newId()}${newId()}`.slice(0, 32))}`
}

async function checkTarget(context: DoctorContext, target: Target): Promise<Finding[]> {
  const { host } = new URL(target.url)
  const response = await send(context, target, target.secrets)
  if (!('status' in response)) {
    return [
      fail(`${target.kind}.connect`, {
        what: text(`${host}: ${response.en}.`, `${host}：${response.zh}。`),
        why: WHY[target.kind],
        fix: text(
          'Start the application, or correct the URL; if only the service can reach it, run the doctor there.',
          '启动应用或修正 URL；如果只有服务能访问它，请在那里运行 doctor。',
        ),
      }),
    ]
  }
  const forged = await send(context, target, [makeSecret(context.ports.newId)])
  const unknown = text('It could not be tried.', '无法测试。')
  return [
    ok(`${target.kind}.connect`, text(`${host} responds.`, `${host} 有响应。`)),
    describeEvent(response, target, host),
    'status' in forged
      ? describeForged(forged, target, host)
      : notChecked(`${target.kind}.signature`, unknown),
  ]
}

export async function checkWebhooks(context: DoctorContext): Promise<Finding[]> {
  const { webhook, beforeWebhook } = context.config
  const targets: Target[] = []
  if (webhook) targets.push({ ...webhook, kind: 'webhook' })
  if (beforeWebhook) targets.push({ ...beforeWebhook, kind: 'before' })
  const findings = await Promise.all(targets.map((target) => checkTarget(context, target)))
  return findings.flat()
}
