/** Hosts beside OSS and the service: the keys of users' tokens, and receivers that OSS calls directly. */
import { checkHandshake, resolveHost } from './check-host.ts'
import type { DoctorContext } from './context.ts'
import { type Finding, fail, ok, type Text, text } from './finding.ts'
import { fetchText } from './network.ts'

function hasKeys(body: string): boolean {
  try {
    const { keys } = JSON.parse(body) as { keys?: unknown }
    return Array.isArray(keys) && keys.length > 0
  } catch {
    return false
  }
}

export async function checkTokenKeys({ config, ports }: DoctorContext): Promise<Finding[]> {
  const { jwksUrl } = { jwksUrl: undefined, ...config.auth }
  if (jwksUrl === undefined) return []
  const { host } = new URL(jwksUrl)
  const response = await fetchText(ports.fetch, jwksUrl, { method: 'GET' })
  const isGood = response.kind === 'response' && response.status === 200 && hasKeys(response.body)
  if (isGood) {
    return [ok('tokens.keys', text(`${host} has the keys of tokens.`, `${host} 提供令牌公钥。`))]
  }
  const words =
    response.kind === 'failed'
      ? response.fault.words
      : text(`no keys (HTTP ${response.status})`, `没有公钥（HTTP ${response.status}）`)
  return [
    fail('tokens.keys', {
      what: text(`${host}: ${words.en}.`, `${host}：${words.zh}。`),
      why: text('No user is recognised without these keys.', '没有公钥就无法识别用户。'),
      fix: text(
        'Set UPCALL_JWKS_URL to the `jwks_uri` of your identity provider.',
        '把 UPCALL_JWKS_URL 设为身份提供方的 `jwks_uri`。',
      ),
    }),
  ]
}

interface Receiver {
  url: URL
  /** Whether OSS sends the host's name in the handshake. */
  withName: boolean
}

/** OSS sends a direct profile's callback there; an upload would tell the application of a file that is none. */
export async function checkDirectReceivers(context: DoctorContext): Promise<Finding[]> {
  const receivers = new Map<string, Receiver>()
  for (const { direct } of context.profiles) {
    for (const address of [direct?.url ?? []].flat()) {
      const url = new URL(address)
      const withName = direct?.sni ?? true
      receivers.set(`${url.origin} ${withName}`, { url, withName })
    }
  }
  if (receivers.size === 0) return []
  const faults = await Promise.all(
    [...receivers.values()].map((receiver) => findFault(context, receiver)),
  )
  const found = faults.filter((fault) => fault !== undefined)
  if (found.length === 0) {
    return [
      ok('direct.receiver', text('Direct receivers can be reached.', '可以连接直接回调的接收端。')),
    ]
  }
  return [
    fail('direct.receiver', {
      what: text(
        `${found.map(({ en }) => en).join('; ')}.`,
        `${found.map(({ zh }) => zh).join(';')}。`,
      ),
      why: text(
        'Uploads of these profiles end with a 203 at the page.',
        '这些 profile 的上传会在页面得到 203。',
      ),
      fix: text(
        'Correct `callback.url` of the profile, its DNS or its certificate; with `sni: false` the certificate must be the default of the address.',
        '修正 profile 的 `callback.url`、DNS 或证书；`sni: false` 时证书必须是该地址的默认证书。',
      ),
    }),
  ]
}

async function findFault(
  context: DoctorContext,
  { url, withName }: Receiver,
): Promise<Text | undefined> {
  const name = await resolveHost(url, context)
  if (name.kind === 'failed') return name.words
  if (url.protocol !== 'https:') return undefined
  const tls = await checkHandshake(url, context, { address: name.address, withName })
  if (tls.kind === 'ok') return undefined
  return text(`${url.hostname}: ${tls.words.en}`, `${url.hostname}：${tls.words.zh}`)
}
