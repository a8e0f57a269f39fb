/** The two texts of each presigned URL: what every signer must hash. */
import { buildPlace } from '../../src/protocol/address.ts'
import {
  buildCanonicalHeaders,
  buildSignedQuery,
  joinCanonicalRequest,
} from '../../src/protocol/canonical.ts'
import { buildSignatureParameters, type PresignOptions } from '../../src/protocol/presign.ts'
import { buildStringToSign, prepareSigner } from '../../src/protocol/signing-key.ts'
import { formatTime } from '../../src/protocol/time.ts'
import * as sample from './samples.ts'

export interface Texts {
  canonical: string
  toSign: string
}

export function buildTexts(queries: readonly sample.QuerySample[], options: PresignOptions) {
  const { BUCKET: bucket, KEY: key, REGION: region } = sample
  const time = formatTime(options.now)
  const signer = prepareSigner(options.credentials, { date: time.slice(0, 8), region })
  const place = buildPlace({ bucket, key, region })
  const headers = buildCanonicalHeaders(sample.HEADERS, sample.ADDITIONAL_HEADERS)
  const signatureParameters = buildSignatureParameters(signer, time, options, headers.additional)
  const texts = queries.map((query): Texts => {
    const all = buildSignedQuery(query, signatureParameters)
    const canonical = joinCanonicalRequest('PUT', place.canonicalUri, all, headers)
    return { canonical, toSign: buildStringToSign(time, signer.scope, canonical) }
  })
  return { key: signer.key, texts }
}
