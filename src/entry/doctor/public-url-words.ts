/** What the checks of the public URL have in common to say. */
import { type Text, text } from './finding.ts'
import type { FindingId } from './finding-ids.ts'
import type { Fetched } from './network.ts'

export const WHY = text(
  'OSS calls back there; without it the page gets a 203, and the application learns of uploads by the sweep only.',
  'OSS 会回调该地址；不通时页面收到 203，应用只能靠巡检得知上传。',
)

export const FIX: Partial<Record<FindingId, Text>> = {
  'public.dns': text(
    'Point the name to a public IPv4 address, or set UPCALL_PUBLIC_URL to the right one.',
    '把域名解析到公网 IPv4 地址，或修正 UPCALL_PUBLIC_URL。',
  ),
  'public.tls': text(
    'Renew the certificate, send the whole chain (fullchain.pem), and open the port.',
    '更新证书，发送完整证书链（fullchain.pem），并开放端口。',
  ),
  'public.sni': text(
    'Give the proxy a certificate for this very name; callbacks send it (callbackSNI).',
    '为代理配置该域名的证书；回调会带上域名（callbackSNI）。',
  ),
  'public.http': text(
    'Let the proxy pass everything under the public URL to the service, without redirects; check UPCALL_PUBLIC_URL and UPCALL_BASE_PATH.',
    '让代理把公网地址下的所有请求直接转给服务，不要重定向；检查 UPCALL_PUBLIC_URL 和 UPCALL_BASE_PATH。',
  ),
}

export function describeStatus({ status, headers }: Fetched, path: string): Text {
  const to = headers.get('location')
  const target = to !== null && URL.canParse(to) ? ` (${new URL(to).host})` : ''
  if (status >= 300 && status < 400) {
    return text(
      `${path} is redirected${target}; OSS follows no redirect.`,
      `${path} 被重定向${target}；OSS 不跟随重定向。`,
    )
  }
  if (status === 200) {
    return text(`What responds at ${path} is not Upcall.`, `${path} 上响应的不是 Upcall。`)
  }
  return text(`${path} responds ${status}.`, `${path} 返回 ${status}。`)
}
