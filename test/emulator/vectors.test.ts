/**
 * The official vectors as requests that the local OSS must accept, and step by step where the vector has the steps.
 */
import { describe, expect, it } from 'vitest'
import { createAccessKeys } from '../../src/emulator/auth/access-keys.ts'
import { authenticate } from '../../src/emulator/auth/authenticate.ts'
import { authenticateForm } from '../../src/emulator/auth/check-form.ts'
import { computeV1, readStringToSignV1 } from '../../src/emulator/auth/check-v1.ts'
import {
  computeV4,
  parseAdditionalHeaders,
  readCanonicalRequest,
  readStringToSign,
  type SignedRequest,
} from '../../src/emulator/auth/check-v4.ts'
import { defaultUnconfirmed } from '../../src/emulator/behavior/unconfirmed.ts'
import { OssError } from '../../src/emulator/http/errors.ts'
import { parseQuery } from '../../src/emulator/http/target.ts'
import postPolicy from '../vectors/post-policy.json' with { type: 'json' }
import v1Header from '../vectors/v1-header.json' with { type: 'json' }
import v1Presign from '../vectors/v1-presign.json' with { type: 'json' }
import v4Header from '../vectors/v4-header.json' with { type: 'json' }
import v4Presign from '../vectors/v4-presign.json' with { type: 'json' }

interface Input {
  method: string
  bucket?: string
  key?: string
  headers?: Record<string, string | string[]>
  query?: Record<string, string | null>
  accessKeyId: string
  accessKeySecret: string
  securityToken?: string
  region?: string
  product?: string
  date?: string
  timestamp?: number
  additionalHeaders?: string[]
  expiresAt?: number
  expires?: number
}

function buildHeaders(input: Input, more: Record<string, string | undefined>) {
  const headers: Record<string, string> = {}
  for (const [name, value] of [...Object.entries(input.headers ?? {}), ...Object.entries(more)]) {
    if (value !== undefined)
      headers[name.toLowerCase()] = [value]
        .flat()
        .map((v) => v.trim())
        .join(',')
  }
  return headers
}

function buildRequest(
  input: Input,
  headers: Record<string, string>,
  query: Record<string, string | null>,
): SignedRequest {
  return {
    method: input.method,
    bucket: input.bucket,
    key: input.key ?? '',
    headers,
    query: Object.entries(query).map(([name, value]) => [name, value ?? '']),
  }
}

const queryOf = (request: SignedRequest) =>
  parseQuery(request.query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'))

/** The moment of signing: some vectors have it as text only. */
function nowOf({ timestamp, date = '' }: Input): Date {
  if (timestamp !== undefined) return new Date(timestamp * 1000)
  return new Date(date.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'))
}

const contextOf = (input: Input, now: Date) => ({
  keys: createAccessKeys([
    {
      accessKeyId: input.accessKeyId,
      accessKeySecret: input.accessKeySecret,
      ...(input.securityToken && { securityToken: input.securityToken }),
    },
  ]),
  now,
  region: input.region,
  unconfirmed: defaultUnconfirmed,
})

describe('V4 in the header', () => {
  it.each(v4Header as unknown as { name: string; input: Input; expect: Record<string, string> }[])(
    '$name',
    ({ input, expect: wanted }) => {
      const headers = buildHeaders(input, {
        'x-oss-date': input.date,
        'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-oss-security-token': input.securityToken,
      })
      const request = buildRequest(input, headers, input.query ?? {})
      const scope = {
        accessKeyId: input.accessKeyId,
        date: (input.date ?? '').slice(0, 8),
        region: input.region ?? '',
        product: input.product ?? '',
      }
      const additional = parseAdditionalHeaders((input.additionalHeaders ?? []).join(';')).filter(
        (name) => name in headers,
      )
      const canonical = readCanonicalRequest(request, additional)
      expect(canonical).toBe(wanted.canonicalRequest)
      const text = readStringToSign(canonical, input.date ?? '', scope)
      expect(text).toBe(wanted.stringToSign)
      expect(computeV4(input.accessKeySecret, scope, text)).toBe(wanted.signature)

      const signed = {
        ...request,
        headers: { ...headers, authorization: wanted.authorization ?? '' },
      }
      const context = contextOf(input, nowOf(input))
      expect(authenticate(signed, queryOf(signed), context)).toMatchObject({
        kind: 'key',
        via: 'header',
      })
    },
  )
})

describe('V4 in the URL', () => {
  it.each(
    v4Presign as unknown as {
      name: string
      input: Input
      expect: Record<string, string> & { query: Record<string, string> }
    }[],
  )('$name', ({ input, expect: wanted }) => {
    const headers = buildHeaders(input, {})
    const request = buildRequest(input, headers, wanted.query)
    const additional = parseAdditionalHeaders(wanted.query['x-oss-additional-headers'] ?? '')
    expect(readCanonicalRequest(request, additional)).toBe(wanted.canonicalRequest)
    const context = contextOf(input, nowOf(input))
    expect(authenticate(request, queryOf(request), context)).toMatchObject({
      kind: 'key',
      via: 'url',
    })
    if (wanted.url === undefined) return
    // The whole URL, through the parser of query strings.
    const query = parseQuery(new URL(wanted.url).search.slice(1))
    expect(authenticate({ ...request, query: query.pairs }, query, context)).toMatchObject({
      kind: 'key',
    })
  })
})

describe('V1 in the header', () => {
  it.each(v1Header as unknown as { name: string; input: Input; expect: Record<string, string> }[])(
    '$name',
    ({ input, expect: wanted }) => {
      const headers = buildHeaders(input, {
        date: input.date,
        'x-oss-security-token': input.securityToken,
      })
      const request = buildRequest(input, headers, input.query ?? {})
      const text = readStringToSignV1(request, headers['x-oss-date'] ?? headers.date ?? '')
      expect(text).toBe(wanted.stringToSign)
      expect(computeV1(input.accessKeySecret, text)).toBe(wanted.signature)
      if (!wanted.authorization || !input.accessKeyId) return
      const signed = { ...request, headers: { ...headers, authorization: wanted.authorization } }
      const context = contextOf(input, new Date(input.date ?? ''))
      expect(authenticate(signed, queryOf(signed), context)).toMatchObject({
        kind: 'key',
        via: 'header',
      })
    },
  )
})

describe('V1 in the URL', () => {
  it.each(
    v1Presign as unknown as {
      name: string
      input: Input
      expect: Record<string, string> & { query: Record<string, string> }
    }[],
  )('$name', ({ input, expect: wanted }) => {
    const expires = wanted.query.Expires ?? ''
    const request = buildRequest(input, buildHeaders(input, {}), wanted.query)
    expect(readStringToSignV1(request, expires)).toBe(wanted.stringToSign)
    const context = contextOf(input, new Date((Number(expires) - 1) * 1000))
    expect(authenticate(request, queryOf(request), context)).toMatchObject({
      kind: 'key',
      via: 'url',
    })
    const late = contextOf(input, new Date((Number(expires) + 1) * 1000))
    expect(() => authenticate(request, queryOf(request), late)).toThrow(OssError)
  })
})

describe('forms', () => {
  it.each(
    postPolicy as unknown as {
      name: string
      input: Input & { policy: string; version: string }
      expect: { formFields: Record<string, string> }
    }[],
  )('$name', ({ input, expect: wanted }) => {
    const fields = new Map(
      Object.entries(wanted.formFields).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const now = nowOf(input)
    const { keys } = contextOf(input, now)
    const region = input.region ?? 'cn-hangzhou'
    expect(authenticateForm(fields, { keys, now, region })).toMatchObject({
      caller: { kind: 'key', via: 'form' },
      policy: wanted.formFields.policy,
    })
    const signature = fields.has('signature') ? 'signature' : 'x-oss-signature'
    fields.set(signature, `${fields.get(signature)}x`)
    expect(() => authenticateForm(fields, { keys, now, region })).toThrow(OssError)
  })
})
