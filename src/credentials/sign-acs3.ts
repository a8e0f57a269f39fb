/**
 * Signature V3 of Alibaba Cloud's APIs (ACS3-HMAC-SHA256), for STS. OSS has another one.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
import { encodeRfc3986, toUtf8 } from '../protocol/bytes.ts'
import { hmacSha256Hex, sha256Hex } from '../protocol/crypto.ts'
import type { Credentials } from '../protocol/signing-key.ts'

const ALGORITHM = 'ACS3-HMAC-SHA256'

export interface Acs3Request {
  method: 'GET' | 'POST'
  host: string
  query: Readonly<Record<string, string>>
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** @default '' */
  body?: string
}

export interface Acs3Call {
  host: string
  /** e.g. `AssumeRole`. */
  action: string
  /** Of the API, e.g. `2015-04-01`. */
  version: string
  query: Readonly<Record<string, string>>
}

/** Names and values by RFC 3986, in the order of the names. */
export function buildCanonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encodeRfc3986(name)}=${encodeRfc3986(query[name] ?? '')}`)
    .join('&')
}

function listSignedHeaders({ host, headers }: Acs3Request): [name: string, value: string][] {
  const signed = Object.entries({ ...headers, host }).filter(([name]) =>
    /^(?:host|content-type|x-acs-.+)$/.test(name),
  )
  return signed.sort(([a], [b]) => (a < b ? -1 : 1))
}

export function buildCanonicalRequest(request: Acs3Request): string {
  const headers = listSignedHeaders(request)
  return [
    request.method,
    // Of all calls in this style.
    '/',
    buildCanonicalQuery(request.query),
    ...headers.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    headers.map(([name]) => name).join(';'),
    sha256Hex(request.body ?? ''),
  ].join('\n')
}

export function buildStringToSign(canonicalRequest: string): string {
  return `${ALGORITHM}\n${sha256Hex(canonicalRequest)}`
}

export function signText(accessKeySecret: string, text: string): string {
  return hmacSha256Hex(toUtf8(accessKeySecret), text)
}

/** @param options.nonce new for each call: STS refuses one that it has seen */
export function signAcs3(
  { host, action, version, query }: Acs3Call,
  { credentials, now, nonce }: { credentials: Credentials; now: Date; nonce: string },
): { target: string; method: 'POST'; headers: Record<string, string> } {
  const { accessKeyId, accessKeySecret, securityToken } = credentials
  const headers: Record<string, string> = {
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': now.toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': sha256Hex(''),
    ...(securityToken && { 'x-acs-security-token': securityToken }),
  }
  const request: Acs3Request = { method: 'POST', host, query, headers }
  const names = listSignedHeaders(request).map(([name]) => name)
  const signature = signText(accessKeySecret, buildStringToSign(buildCanonicalRequest(request)))
  return {
    method: 'POST',
    target: `/?${buildCanonicalQuery(query)}`,
    headers: {
      ...headers,
      authorization: `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`,
    },
  }
}
