/** What a failed connection means, in words: by the codes of Node's DNS, sockets, TLS and fetch. */
import { type Text, text } from './finding.ts'

/** Where a request ended. */
export type Hop = 'dns' | 'connect' | 'tls' | 'sni' | 'http' | 'timeout'

export interface NetworkFault {
  hop: Hop
  code: string
  words: Text
}

/** Time limit of one request of the doctor, ms: OSS waits 5 s for a callback and responds to the page afterwards. */
export const REQUEST_MS = 15_000
/** Of a response body, bytes. */
const MAX_BODY_BYTES = 256 * 1024

type Known = readonly [hop: Hop, en: string, zh: string]

const CODES: Readonly<Record<string, Known>> = {
  ENOTFOUND: ['dns', 'the host name does not resolve', '域名无法解析'],
  ENODATA: ['dns', 'the host name has no address', '域名没有地址记录'],
  EAI_AGAIN: ['dns', 'the DNS server does not respond', 'DNS 服务器没有响应'],
  ECONNREFUSED: ['connect', 'nothing listens at that address and port', '该地址和端口没有程序监听'],
  EHOSTUNREACH: ['connect', 'there is no route to the address', '无法路由到该地址'],
  ENETUNREACH: ['connect', 'there is no route to the network', '无法路由到该网络'],
  ETIMEDOUT: ['connect', 'the connection timed out (a firewall?)', '连接超时（可能被防火墙拦截）'],
  UND_ERR_CONNECT_TIMEOUT: [
    'connect',
    'the connection timed out (a firewall?)',
    '连接超时（可能被防火墙拦截）',
  ],
  ECONNRESET: ['http', 'the connection was cut', '连接被中断'],
  UND_ERR_SOCKET: ['http', 'the connection was closed before the response', '响应之前连接被关闭'],
  HPE_INVALID_CONSTANT: ['http', 'the response is not HTTP', '响应不是 HTTP'],
  HTTPParserError: ['http', 'the response is not HTTP', '响应不是 HTTP'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'the port does not speak TLS', '该端口不支持 TLS'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', 'the port does not speak TLS', '该端口不支持 TLS'],
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: [
    'sni',
    'the server has no certificate for this host name (SNI)',
    '服务器没有该域名的证书（SNI）',
  ],
  EPROTO: ['tls', 'the TLS handshake failed', 'TLS 握手失败'],
  CERT_HAS_EXPIRED: ['tls', 'the certificate has expired', '证书已过期'],
  CERT_NOT_YET_VALID: ['tls', 'the certificate is not valid yet', '证书尚未生效'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'the certificate is self-signed', '证书是自签名的'],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'tls',
    'an unknown authority signed the certificate',
    '证书由未知的机构签发',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'tls',
    'the intermediate certificate is not sent along',
    '缺少中间证书',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'tls',
    'the intermediate certificate is not sent along',
    '缺少中间证书',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'tls',
    'the certificate is for another host name',
    '证书与域名不符',
  ],
  ABORTED: ['timeout', 'there was no response in time', '没有及时响应'],
}

/** The first code in a chain of causes; messages may quote anything, codes are plain words. */
export function findCode(error: unknown): string {
  let current = error
  // Node nests two or three; a chain may also be a ring.
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    const { code, name } = current as Error & { code?: unknown }
    if (name === 'TimeoutError' || name === 'AbortError') return 'ABORTED'
    if (typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code)) return code
    if (name === 'HTTPParserError') return name
    current = current instanceof AggregateError ? current.errors[0] : current.cause
  }
  return 'UNKNOWN'
}

export function describeNetwork(code: string): NetworkFault {
  // Node has many codes beginning with ERR_SSL_, all of the handshake.
  const fallback: Known = /^ERR_(?:SSL|TLS)_/.test(code)
    ? ['tls', 'the TLS handshake failed', 'TLS 握手失败']
    : ['connect', 'the connection failed', '连接失败']
  const [hop, en, zh] = CODES[code] ?? fallback
  return { hop, code, words: text(`${en} (${code})`, `${zh}（${code}）`) }
}

export interface Fetched {
  kind: 'response'
  status: number
  headers: Headers
  body: string
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    text += decoder.decode(chunk, { stream: true })
    // The rest is of no interest: what is read of it is shorter than this.
    if (length > MAX_BODY_BYTES) break
  }
  return text
}

/** One request, never redirected, within its time. A failure is a result. */
export async function fetchText(
  fetcher: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<Fetched | { kind: 'failed'; fault: NetworkFault }> {
  try {
    const signal = AbortSignal.timeout(REQUEST_MS)
    const response = await fetcher(url, { ...init, redirect: 'manual', signal })
    const { status, headers } = response
    return { kind: 'response', status, headers, body: await readText(response) }
  } catch (error) {
    return { kind: 'failed', fault: describeNetwork(findCode(error)) }
  }
}
