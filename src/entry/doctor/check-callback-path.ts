/** What a proxy does to a callback on its way to the service: the service says what arrived of one. */
import { toUtf8 } from '../../protocol/bytes.ts'
import { sha256Base64Url } from '../../protocol/crypto.ts'
import { DOCTOR_HEADER, type DoctorEcho, signDoctorToken } from '../../signer/doctor-probe.ts'
import type { DoctorContext } from './context.ts'
import { type Finding, fail, ok, type Text, text } from './finding.ts'
import { fetchText } from './network.ts'
import { describeStatus, FIX, WHY } from './public-url-words.ts'

/** As OSS sends them; all but the token can be forged by anyone and prove nothing. */
const SENT_HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  'content-md5': 'dXBjYWxsLWRvY3Rvcg==',
  'user-agent': 'aliyun-oss-callback',
  authorization: 'upcall-doctor',
  'x-oss-pub-key-url': 'dXBjYWxsLWRvY3Rvcg==',
  'x-oss-signature-version': '1.0',
}
/** What the service reads. */
const NEEDED_HEADERS = ['authorization', 'x-oss-pub-key-url', 'content-type'] as const
/** A proxy that decodes, sorts, trims or checks UTF-8 changes one of these. */
const BODY = 'b=%E6%B5%B7%2B+%26&a=海边 x&a=&c=1\r\n'

function compareEcho(echo: DoctorEcho): { words: Text; change: string } | undefined {
  const missing = NEEDED_HEADERS.filter((name) => !echo.headers.includes(name))
  if (missing.length > 0) {
    const names = missing.join(', ')
    return { change: 'header', words: text(`a proxy removes ${names}`, `代理去掉了 ${names}`) }
  }
  if (echo.bodySha256 !== sha256Base64Url(BODY)) {
    const sizes = `${toUtf8(BODY).length} → ${echo.bodyBytes} bytes`
    return {
      change: 'body',
      words: text(`a proxy changes the body (${sizes})`, `代理改动了请求体（${sizes}）`),
    }
  }
  if (echo.target.includes('?')) {
    return { change: 'query', words: text('a proxy adds a query', '代理添加了查询参数') }
  }
  return undefined
}

function readEcho(body: string): DoctorEcho | undefined {
  try {
    const echo = JSON.parse(body) as Partial<DoctorEcho> | null
    const { headers, bodySha256, bodyBytes, target } = echo ?? {}
    if (!Array.isArray(headers) || typeof bodySha256 !== 'string') return undefined
    if (typeof bodyBytes !== 'number' || typeof target !== 'string') return undefined
    return { headers: headers.map(String), bodySha256, bodyBytes, target }
  } catch {
    return undefined
  }
}

export async function checkCallbackPath({
  callbackUrl,
  ports,
  secrets,
}: DoctorContext): Promise<Finding> {
  const token = signDoctorToken(secrets, ports.now())
  const response = await fetchText(ports.fetch, callbackUrl, {
    method: 'POST',
    headers: { ...SENT_HEADERS, [DOCTOR_HEADER]: token },
    body: toUtf8(BODY),
  })
  const failWith = (words: Text, fix: Text | undefined, change: string): Finding =>
    fail('public.callback', { what: words, why: WHY, fix, details: { hop: 'http', change } })
  if (response.kind === 'failed') {
    const { words } = response.fault
    return failWith(
      text(`A callback: ${words.en}.`, `回调：${words.zh}。`),
      FIX['public.http'],
      'none',
    )
  }
  const echo = response.status === 200 ? readEcho(response.body) : undefined
  if (echo) {
    const change = compareEcho(echo)
    if (!change) {
      const what = text('A callback arrives unchanged.', '回调原样到达。')
      return ok('public.callback', what)
    }
    const { words } = change
    return failWith(
      text(`On its way to the service ${words.en}.`, `在到达服务的途中，${words.zh}。`),
      text(
        'Let the proxy pass path, headers and body of /callbacks/oss as they are: no basic auth, no WAF rule, no rewriting.',
        '让代理原样转发 /callbacks/oss 的路径、请求头和请求体：不要加基本认证、WAF 规则或改写。',
      ),
      change.change,
    )
  }
  if (response.status === 403 && response.body.includes('CALLBACK_SIGNATURE')) {
    return failWith(
      text('The service does not know the secret of the doctor.', '服务不认识 doctor 的密钥。'),
      text(
        'Run the doctor with the UPCALL_SECRET of the service; or the service is older than the doctor, its clock is wrong, or a proxy removes unknown headers.',
        '请使用与服务相同的 UPCALL_SECRET 运行 doctor；也可能是服务版本较旧、时钟不准，或代理去掉了未知请求头。',
      ),
      'secret',
    )
  }
  return failWith(describeStatus(response, '/callbacks/oss'), FIX['public.http'], 'none')
}
