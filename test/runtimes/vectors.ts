/**
 * Runs inside each runtime, against the installed package: the vectors of OSS's signatures. Responds to every request
 * with how many agree, and with the names of those that do not.
 */
import {
  crc64,
  crc64Combine,
  type OssRequest,
  presign,
  signPostPolicy,
  signRequest,
  verifyCallback,
} from 'oss-upcall/protocol'
import callbacks from '../vectors/callback-verify.json' with { type: 'json' }
import checksums from '../vectors/crc64.json' with { type: 'json' }
import policies from '../vectors/post-policy.json' with { type: 'json' }
import headers from '../vectors/v4-header.json' with { type: 'json' }
import urls from '../vectors/v4-presign.json' with { type: 'json' }

interface Signing {
  name: string
  disputed?: boolean
  input: Omit<OssRequest, 'headers' | 'product'> & {
    product?: OssRequest['product']
    headers?: Record<string, string | string[]>
    accessKeyId: string
    accessKeySecret: string
    securityToken?: string
    date: string
    expires?: number
  }
  expect: { authorization?: string; query?: Record<string, string> }
}

export interface VectorReport {
  agreed: number
  disagreed: string[]
}

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

function readSigning({ input }: Signing) {
  const { accessKeyId, accessKeySecret, securityToken, date, headers: given = {}, ...rest } = input
  const texts = Object.entries(given).map(([name, value]) => [name, [value].flat().join(',')])
  const time = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const credentials = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
  const request: OssRequest = { ...rest, headers: Object.fromEntries(texts) }
  return { request, options: { credentials, now: new Date(time) } }
}

function agreesHeader(vector: Signing): boolean {
  const { request, options } = readSigning(vector)
  return signRequest(request, options).headers.authorization === vector.expect.authorization
}

function agreesUrl(vector: Signing): boolean {
  const { request, options } = readSigning(vector)
  const { url } = presign(request, { ...options, expiresInSeconds: vector.input.expires ?? 0 })
  const query = Object.fromEntries(new URL(url).searchParams)
  const wanted = vector.expect.query ?? {}
  const names = Object.keys(wanted)
  return (
    Object.keys(query).length === names.length &&
    names.every((name) => query[name] === wanted[name])
  )
}

function agreesPolicy({ input, expect: { formFields } }: (typeof policies)[number]): boolean {
  const { accessKeyId, accessKeySecret, region = '' } = input
  // The first four conditions are bucket, credential, time and version, which `signPostPolicy` adds.
  const conditions = (input.policyObject?.conditions ?? []).slice(4) as never[]
  const { fields } = signPostPolicy(
    { bucket: 'examplebucket', region, conditions, fields: {} },
    {
      credentials: { accessKeyId, accessKeySecret },
      now: new Date('2024-02-29T08:30:15Z'),
      expiresInSeconds: 3600,
    },
  )
  const wanted: Record<string, string | undefined> = formFields ?? {}
  return Object.keys(wanted).every((name) => fields[name] === wanted[name])
}

function agreesCallback({ input, expect }: (typeof callbacks)[number]): boolean {
  const given = input.headers as Record<string, string | undefined>
  const publicKeyUrl = given['x-oss-pub-key-url'] ?? ''
  const verified = verifyCallback(
    {
      target: input.url,
      body: decode(input.bodyBase64),
      authorization: given.authorization ?? '',
      publicKeyUrl,
    },
    { publicKeys: { [publicKeyUrl]: input.publicKeyPem } },
  )
  return verified === expect.signatureValid
}

function agreesChecksum({ input, expect }: (typeof checksums)[number]): boolean {
  const { op, text, hex, crcA = 0, crcB = 0, lenB = 0, init = 0 } = input
  if (op === 'combine') {
    return String(crc64Combine(BigInt(crcA), BigInt(crcB), BigInt(lenB))) === expect.crc64
  }
  const bytes =
    text === undefined
      ? Uint8Array.from(hex?.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      : new TextEncoder().encode(text)
  return String(crc64(bytes, BigInt(init))) === expect.crc64
}

function* listChecks(): Generator<[name: string, agrees: () => boolean]> {
  for (const vector of headers as unknown as Signing[]) {
    // Requests to OSS itself have no bucket; `signRequest` always has one.
    if (vector.input.bucket && !vector.disputed) yield [vector.name, () => agreesHeader(vector)]
  }
  for (const vector of urls as unknown as Signing[]) {
    if (!vector.disputed) yield [vector.name, () => agreesUrl(vector)]
  }
  for (const vector of policies) {
    if (vector.input.version === 'v4') yield [vector.name, () => agreesPolicy(vector)]
  }
  for (const vector of callbacks) yield [vector.name, () => agreesCallback(vector)]
  for (const vector of checksums) {
    if (!('pattern' in vector.input)) yield [vector.name, () => agreesChecksum(vector)]
  }
}

export function checkVectors(): VectorReport {
  const report: VectorReport = { agreed: 0, disagreed: [] }
  for (const [name, agrees] of listChecks()) {
    try {
      if (agrees()) report.agreed += 1
      else report.disagreed.push(name)
    } catch (error) {
      report.disagreed.push(`${name}: ${String(error)}`)
    }
  }
  return report
}

export async function fetch(): Promise<Response> {
  return new Response(JSON.stringify(checkVectors()))
}
