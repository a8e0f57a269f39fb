import { describe, expect, it } from 'vitest'
import { buildCanonicalRequest } from '../../src/protocol/canonical.ts'
import { presign } from '../../src/protocol/presign.ts'
import { type OssRequest, signRequest } from '../../src/protocol/sign-v4.ts'
import {
  buildSigningKey,
  buildStringToSign,
  formatScope,
  signText,
} from '../../src/protocol/signing-key.ts'
import headerVectors from '../vectors/v4-header.json' with { type: 'json' }
import presignVectors from '../vectors/v4-presign.json' with { type: 'json' }

interface Input {
  method: string
  bucket?: string
  key?: string
  region: string
  product: string
  accessKeyId: string
  accessKeySecret: string
  securityToken?: string
  headers?: Record<string, string | string[]>
  query?: Record<string, string | null>
  additionalHeaders?: string[]
  date: string
  expires?: number
  endpoint?: string
}

interface Vector {
  name: string
  disputed?: boolean
  input: Input
  expect: {
    canonicalRequest: string
    stringToSign: string
    signature: string
    authorization?: string
    query?: Record<string, string>
  }
}

function readTime(date: string): Date {
  return new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function readHeaders(input: Input): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input.headers ?? {}).map(([name, value]) => [name, [value].flat().join(',')]),
  )
}

function readProduct(input: Input): 'oss' | 'oss-cloudbox' {
  return input.product === 'oss-cloudbox' ? 'oss-cloudbox' : 'oss'
}

function readCredentials({ accessKeyId, accessKeySecret, securityToken }: Input) {
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
}

function readRequest(input: Input): OssRequest {
  return {
    method: input.method,
    bucket: input.bucket ?? '',
    key: input.key,
    region: input.region,
    endpoint: input.endpoint,
    product: readProduct(input),
    query: input.query,
    headers: readHeaders(input),
    additionalHeaders: input.additionalHeaders,
  }
}

function signSteps(vector: Vector, canonical: string): void {
  const { input, expect: wanted } = vector
  expect(canonical).toBe(wanted.canonicalRequest) // each step is asserted alone
  const scope = {
    date: input.date.slice(0, 8),
    region: input.region,
    product: readProduct(input),
  }
  const text = buildStringToSign(input.date, formatScope(scope), canonical)
  expect(text).toBe(wanted.stringToSign)
  expect(signText(buildSigningKey(input.accessKeySecret, scope), text)).toBe(wanted.signature)
}

const certain = (vectors: Vector[]): Vector[] => vectors.filter(({ disputed }) => !disputed)

describe('V4 header signature', () => {
  const vectors = certain(headerVectors as Vector[])

  it.each(vectors)('$name: canonical request, string to sign, signature', (vector) => {
    const { input } = vector
    const canonical = buildCanonicalRequest({
      ...readRequest(input),
      bucket: input.bucket,
      headers: {
        ...readHeaders(input),
        'x-oss-date': input.date,
        'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        ...(input.securityToken && { 'x-oss-security-token': input.securityToken }),
      },
    })
    signSteps(vector, canonical)
  })

  // Requests to the service itself (a list of buckets) have no bucket; `signRequest` always has one.
  it.each(vectors.filter(({ input }) => input.bucket))('$name: the finished header', (vector) => {
    const signed = signRequest(readRequest(vector.input), {
      credentials: readCredentials(vector.input),
      now: readTime(vector.input.date),
    })
    expect(signed.headers.authorization).toBe(vector.expect.authorization)
    expect(signed.headers['x-oss-date']).toBe(vector.input.date)
  })
})

describe('V4 presigned URL', () => {
  it.each(certain(presignVectors as Vector[]))('$name', (vector) => {
    const { input, expect: wanted } = vector
    const { 'x-oss-signature': signature, ...query } = wanted.query ?? {}
    const isAdditional = query['x-oss-additional-headers']?.split(';')
    signSteps(
      vector,
      buildCanonicalRequest({ ...readRequest(input), query, additionalHeaders: isAdditional }),
    )
    const { url } = presign(readRequest(input), {
      credentials: readCredentials(input),
      now: readTime(input.date),
      expiresInSeconds: input.expires ?? 0,
    })
    const parsed = new URL(url)
    expect(Object.fromEntries(parsed.searchParams)).toEqual(wanted.query)
    expect(signature).toBe(wanted.signature)
    expect(decodeURIComponent(parsed.pathname)).toBe(`/${input.key ?? ''}`)
  })
})

describe('the documentation example', () => {
  it('has the canonical request hash that the page prints', () => {
    const vector = (headerVectors as Vector[]).find(
      ({ name }) => name === 'doc-example-derived-key',
    )
    expect(vector?.expect.stringToSign).toContain(
      'c46d96390bdbc2d739ac9363293ae9d710b14e48081fcb22cd8ad54b63136eca',
    )
  })
})

describe('callbacks in presigned URLs, cross-checked with the Python SDK', () => {
  const callback =
    'eyJjYWxsYmFja1VybCI6Imh0dHBzOi8vY2IuZXhhbXBsZS5jb20vb3NzL2NiP3Q9MSIsImNhbGxiYWNrQm9keSI6IntcImJ1Y2tldFwiOiR7YnVja2V0fSxcIm9iamVjdFwiOiR7b2JqZWN0fSxcImV0YWdcIjoke2V0YWd9LFwic2l6ZVwiOiR7c2l6ZX0sXCJ1aWRcIjoke3g6dWlkfX0iLCJjYWxsYmFja0JvZHlUeXBlIjoiYXBwbGljYXRpb24vanNvbiIsImNhbGxiYWNrU05JIjp0cnVlfQ=='
  const callbackVar = 'eyJ4OnVpZCI6IjQyIn0='
  const request: OssRequest = {
    method: 'PUT',
    bucket: 'examplebucket',
    key: 'u/1/a.txt',
    region: 'cn-hangzhou',
  }
  const options = {
    credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' },
    now: new Date('2030-01-02T03:04:05Z'),
    expiresInSeconds: 600,
  }

  it.each([
    [
      'in the query',
      {
        query: { callback, 'callback-var': callbackVar },
        headers: { 'content-type': 'text/plain', 'x-oss-forbid-overwrite': 'true' },
      },
      '0288095538a9a35e9fe10da812a649cbec00c3e73298ae43cdbbb23d08721e9d',
    ],
    [
      'in headers',
      {
        headers: {
          'content-type': 'text/plain',
          'x-oss-callback': callback,
          'x-oss-callback-var': callbackVar,
          'x-oss-forbid-overwrite': 'true',
        },
      },
      'f08ed5bc72f22cf3de998683a681223c7daf205afd3a3c255a46a64231adf321',
    ],
    [
      'with length and host signed',
      {
        headers: { 'content-type': 'text/plain', 'content-length': '11' },
        additionalHeaders: ['content-length', 'host'],
      },
      'f3ddaf7ff6896c21ca1f05eebfa97fbe951f05b61b8550cd8cc74be7956cc53d',
    ],
  ])('%s', (_, more, signature) => {
    const { url } = presign({ ...request, ...more }, options)
    expect(new URL(url).searchParams.get('x-oss-signature')).toBe(signature)
  })
})
