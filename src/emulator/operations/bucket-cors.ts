/**
 * PutBucketCors, GetBucketCors, DeleteBucketCors.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketcors
 */
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_CORS_RULES, MAX_CORS_XML_BYTES } from '../http/limits.ts'
import { type EmulatorReply, readBody } from '../http/message.ts'
import { buildXmlDocument, malformedXml, readXml, type XmlReading } from '../http/xml.ts'
import type { CorsRule } from '../storage/bucket.ts'
import type { OperationContext } from './context.ts'

const METHODS = ['GET', 'PUT', 'DELETE', 'POST', 'HEAD']

export async function putBucketCors({
  emulator,
  bucket,
  request,
}: OperationContext): Promise<EmulatorReply> {
  const body = await readBody(request.body, MAX_CORS_XML_BYTES)
  if (!body) throw invalidArgument('The CORS configuration is longer than 16 KB.')
  const root = readXml(new TextDecoder().decode(body), 'CORSConfiguration')
  const rules = root.children.filter(({ name }) => name === 'CORSRule').map(parseRule)
  if (rules.length === 0 || rules.length > MAX_CORS_RULES) {
    throw malformedXml()
  }
  const vary = root.children.find(({ name }) => name === 'ResponseVary')?.text === 'true'
  await emulator.catalog.setCors(bucket, rules, vary)
  return { status: 200, headers: {} }
}

function parseRule({ children }: XmlReading): CorsRule {
  const list = (wanted: string) => children.filter((c) => c.name === wanted).map((c) => c.text)
  const [allowedOrigins, allowedMethods] = [list('AllowedOrigin'), list('AllowedMethod')]
  const [allowedHeaders, exposeHeaders] = [list('AllowedHeader'), list('ExposeHeader')]
  if (allowedOrigins.length === 0 || allowedMethods.length === 0) throw malformedXml()
  const wrong = allowedMethods.find((method) => !METHODS.includes(method))
  if (wrong !== undefined) throw invalidArgument('Unsupported method.', 'AllowedMethod', wrong)
  const ambiguous = [...allowedOrigins, ...allowedHeaders].find(
    (text) => text.split('*').length > 2,
  )
  if (ambiguous !== undefined) {
    throw invalidArgument('At most one * is allowed.', 'AllowedOrigin or AllowedHeader', ambiguous)
  }
  const exposed = exposeHeaders.find((text) => text.includes('*'))
  if (exposed !== undefined) throw invalidArgument('No * is allowed.', 'ExposeHeader', exposed)
  const [maxAge] = list('MaxAgeSeconds')
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
    throw invalidArgument('It must be a whole number.', 'MaxAgeSeconds', maxAge)
  }
  return {
    allowedOrigins,
    allowedMethods,
    allowedHeaders,
    exposeHeaders,
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  }
}

export async function getBucketCors({ bucket }: OperationContext): Promise<EmulatorReply> {
  if (bucket.cors.length === 0) {
    throw new OssError('NoSuchCORSConfiguration', 'The CORS Configuration does not exist.', {
      extras: { BucketName: bucket.name },
    })
  }
  const body = buildXmlDocument('CORSConfiguration', {
    CORSRule: bucket.cors.map((rule) => ({
      AllowedOrigin: rule.allowedOrigins,
      AllowedMethod: rule.allowedMethods,
      AllowedHeader: (rule.allowedHeaders ?? []).map((name) => name.toLowerCase()),
      ExposeHeader: rule.exposeHeaders ?? [],
      MaxAgeSeconds: rule.maxAgeSeconds,
    })),
    ResponseVary: bucket.corsVary,
  })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

export async function deleteBucketCors({
  emulator,
  bucket,
}: OperationContext): Promise<EmulatorReply> {
  await emulator.catalog.setCors(bucket, [], false)
  return { status: 204, headers: {} }
}
