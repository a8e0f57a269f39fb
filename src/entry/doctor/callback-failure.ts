/**
 * At which hop a callback ended: from OSS's 203, and from what the doctor itself saw of the public URL.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { type Finding, type Text, text } from './finding.ts'

export type CallbackHop =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'sni'
  | 'timeout'
  | 'status'
  /** A proxy removes headers. */
  | 'header'
  /** A proxy changes the body or adds a query. */
  | 'body'
  | 'secret'
  /** The response of the service is not passed on as it is. */
  | 'response'

export interface CallbackFailure {
  hop: CallbackHop
  what: Text
  fix: Text
}

const HOP_OF_FINDING: Partial<Record<Finding['id'], CallbackHop>> = {
  'public.dns': 'dns',
  'public.tls': 'tls',
  'public.sni': 'sni',
  'public.http': 'connect',
}

const HOP_OF_CHANGE: Readonly<Record<string, CallbackHop>> = {
  header: 'header',
  body: 'body',
  query: 'body',
  secret: 'secret',
}

const SEE_PUBLIC = text(
  'Do what the finding of the public URL above says.',
  '请按上面关于公网地址的结果处理。',
)

function notReached(seen: readonly Finding[]): CallbackFailure {
  const failed = seen.find(({ id, state }) => state === 'fail' && HOP_OF_FINDING[id])
  const hop = failed && HOP_OF_FINDING[failed.id]
  const what = text('OSS cannot connect to the public URL.', 'OSS 无法连接公网地址。')
  if (hop) return { hop, what, fix: SEE_PUBLIC }
  return {
    hop: 'connect',
    what: text(
      'OSS cannot connect to the public URL, though it can be reached from here.',
      '从这里可以访问公网地址，但 OSS 无法连接。',
    ),
    fix: text(
      'Let a firewall, a WAF or an allow-list pass requests from the internet, and check the name in the public DNS.',
      '让防火墙、WAF 或白名单放行来自公网的请求，并检查公网 DNS 的解析。',
    ),
  }
}

/** Statuses that say where they come from. */
const OF_STATUS: Readonly<Record<string, Text>> = {
  '401': text('A proxy asks for a password.', '代理要求密码。'),
  '404': text('The path does not lead to the service.', '路径没有转到服务。'),
  '405': text('A proxy does not let POST pass.', '代理不允许 POST。'),
  '409': text(
    'The service finds another object than the callback names.',
    '服务看到的文件与回调不一致。',
  ),
  '502': text(
    'The proxy does not reach the service, or OSS not the proxy.',
    '代理连不上服务，或 OSS 连不上代理。',
  ),
  '503': text('The proxy does not reach the service.', '代理连不上服务。'),
}

const REFUSED = text('The service refuses the callback.', '服务拒绝了该回调。')
const REFUSED_FIX = text(
  'The service must have the same UPCALL_SECRET, UPCALL_DEPLOYMENT, UPCALL_JWT_ISSUER, OSS_BUCKET and UPCALL_PUBLIC_URL as the doctor, and no UPCALL_CALLBACK_KEYS but for a local OSS; or a WAF responds 403.',
  '服务的 UPCALL_SECRET、UPCALL_DEPLOYMENT、UPCALL_JWT_ISSUER、OSS_BUCKET、UPCALL_PUBLIC_URL 必须与 doctor 一致，且不要设置 UPCALL_CALLBACK_KEYS（本地 OSS 除外）；也可能是 WAF 返回了 403。',
)

function refused(status: string, seen: readonly Finding[]): CallbackFailure {
  if (seen.some(({ id, state }) => id === 'permission.read' && state === 'fail')) {
    return {
      hop: 'status',
      what: text(
        `The service may not HEAD the object (status ${status}).`,
        `服务无权 HEAD 该文件（状态码 ${status}）。`,
      ),
      fix: text('See permission.read.', '见 permission.read。'),
    }
  }
  const path = seen.find(({ id, state }) => id === 'public.callback' && state === 'fail')
  const changed = HOP_OF_CHANGE[path?.details?.change ?? '']
  if (changed && path) return { hop: changed, what: path.what, fix: path.fix ?? SEE_PUBLIC }
  const why = OF_STATUS[status] ?? (status === '403' ? REFUSED : undefined)
  return {
    hop: 'status',
    what: text(
      `The callback gets the status ${status}.${why ? ` ${why.en}` : ''}`,
      `回调得到状态码 ${status}。${why?.zh ?? ''}`,
    ),
    fix: status === '403' ? REFUSED_FIX : SEE_PUBLIC,
  }
}

const RESPONSE_FIX = text(
  'Let the proxy pass the response as it is: no HTML error pages, no gzip, no chunked encoding.',
  '让代理原样返回服务的响应：不要 HTML 错误页、gzip 或分块编码。',
)

/** @param message of OSS's 203, @param seen findings of OSS and of the public URL */
export function explainCallbackFailure(message: string, seen: readonly Finding[]): CallbackFailure {
  if (/timeout/i.test(message)) {
    return {
      hop: 'timeout',
      what: text('The callback gets no response within 5 s.', '回调在 5 秒内没有得到响应。'),
      fix: text(
        'Look for what is slow: the proxy, the store of the outbox, OSS_INTERNAL_ENDPOINT, or a start from zero instances.',
        '查找缓慢的环节：代理、发件箱存储、OSS_INTERNAL_ENDPOINT，或实例冷启动。',
      ),
    }
  }
  if (/content-length/i.test(message)) {
    return {
      hop: 'response',
      what: text('A proxy removes Content-Length.', '代理去掉了 Content-Length。'),
      fix: RESPONSE_FIX,
    }
  }
  if (/json/i.test(message)) {
    return {
      hop: 'response',
      what: text('The callback gets a response that is not JSON.', '回调得到的响应不是 JSON。'),
      fix: RESPONSE_FIX,
    }
  }
  const status = /status\s*:\s*(\d{3})/i.exec(message)?.[1]
  // The manual: 502 stands for a failed connection or handshake, too.
  const isPublicDown = seen.some(({ id, state }) => state === 'fail' && HOP_OF_FINDING[id])
  if (status === undefined || (status === '502' && isPublicDown)) return notReached(seen)
  return refused(status, seen)
}
