/**
 * One preflight as a browser sends it.
 *
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
 */
import type { DoctorContext } from './context.ts'
import { type Text, text } from './finding.ts'
import { fetchText } from './network.ts'

export interface Preflight {
  url: string
  origin: string
  method: string
  /** Lower case, sorted: as browsers send them. */
  headers: readonly string[]
}

export type PreflightResult =
  | { kind: 'refused'; words: Text }
  | { kind: 'allowed'; exposed: readonly string[] }

function readList(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
}

/** What a browser looks at, in its order. */
export async function sendPreflight(
  { ports }: DoctorContext,
  { url, origin, method, headers }: Preflight,
): Promise<PreflightResult> {
  const response = await fetchText(ports.fetch, url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers.length > 0 && { 'access-control-request-headers': headers.join(',') }),
    },
  })
  const refuse = (en: string, zh: string): PreflightResult => ({
    kind: 'refused',
    words: text(en, zh),
  })
  if (response.kind === 'failed') return { kind: 'refused', words: response.fault.words }
  const { status } = response
  if (status < 200 || status > 299) return refuse(`HTTP ${status}`, `HTTP ${status}`)
  const allowed = response.headers.get('access-control-allow-origin')
  if (allowed !== '*' && allowed !== origin) {
    return refuse('the origin is not allowed', '不允许该来源')
  }
  const methods = readList(response.headers, 'access-control-allow-methods')
  // POST needs no permission of its own, nor do GET and HEAD.
  const isSimple = method === 'POST'
  if (!isSimple && !methods.includes('*') && !methods.includes(method.toLowerCase())) {
    return refuse(`the method ${method} is not allowed`, `不允许 ${method} 方法`)
  }
  const names = readList(response.headers, 'access-control-allow-headers')
  // The star does not stand for `authorization`.
  const missing = headers.find(
    (name) => !names.includes(name) && (name === 'authorization' || !names.includes('*')),
  )
  if (missing !== undefined) {
    return refuse(`the header ${missing} is not allowed`, `不允许请求头 ${missing}`)
  }
  return { kind: 'allowed', exposed: readList(response.headers, 'access-control-expose-headers') }
}
