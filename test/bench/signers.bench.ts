/** `presign` against two other signers of URLs; in a process of its own, because they leave more behind than it does. */
import { AwsClient } from 'aws4fetch'
import { createAliClient } from './ali-oss.ts'
import { compare } from './measure.ts'
import { createPresigner } from './presign.bench.ts'
import { printMicros, type Results } from './report.ts'
import * as sample from './samples.ts'

const queries = sample.buildQueries()

function createAli() {
  const client = createAliClient()
  const next = sample.inTurn(queries)
  return () =>
    client.signatureUrlV4(
      'PUT',
      sample.EXPIRES_SECONDS,
      { headers: sample.HEADERS, queries: next() },
      sample.KEY,
      sample.ADDITIONAL_HEADERS,
    )
}

/** The nearest thing that it can do: an S3 URL with the same parameters and headers. */
function createAws() {
  const client = new AwsClient({
    accessKeyId: sample.CREDENTIALS.accessKeyId,
    secretAccessKey: sample.CREDENTIALS.accessKeySecret,
    service: 's3',
    region: sample.REGION,
  })
  const next = sample.inTurn(queries)
  return async () => {
    const url = new URL(`https://${sample.BUCKET}.s3.example.com/${sample.KEY}`)
    for (const [name, value] of Object.entries(next())) url.searchParams.set(name, value)
    url.searchParams.set('X-Amz-Expires', String(sample.EXPIRES_SECONDS))
    const headers = { 'Content-Type': 'image/png', 'x-amz-meta-id': 'AAAAAAAAAAAAAAAAAAAAAA' }
    const aws = { signQuery: true }
    return (await client.sign(url.href, { method: 'PUT', headers, aws })).url
  }
}

export async function bench(): Promise<Results> {
  const figures = await compare([
    { name: 'ours', run: createPresigner() },
    { name: 'ali-oss', run: createAli() },
    { name: 'aws4fetch', run: createAws() },
  ])
  const cost = (name: string) => printMicros(figures.median(name))
  return {
    rows: [
      {
        what: '`presign` PUT with callback, V4, Node',
        against: 'ali-oss `signatureUrlV4`',
        ours: cost('ours'),
        theirs: cost('ali-oss'),
        ratio: figures.ratio('ali-oss', 'ours'),
        unit: '× as fast',
        goal: { least: 12 },
      },
      {
        what: 'the same',
        against: 'aws4fetch, presigned S3 URL with the same parameters',
        ours: cost('ours'),
        theirs: cost('aws4fetch'),
        ratio: figures.ratio('aws4fetch', 'ours'),
        unit: '× as fast',
      },
    ],
    extras: [],
    profiles: [],
  }
}
