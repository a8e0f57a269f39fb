/** A form policy against the official SDK's. */
import { signPostPolicy } from '../../src/protocol/post-policy.ts'
import { createAliClient } from './ali-oss.ts'
import { compare } from './measure.ts'
import { nameFunction, startProfile, sumShares } from './profile.ts'
import { printMicros, type Results } from './report.ts'
import * as sample from './samples.ts'

const PROFILED_CALLS = 300_000
const now = new Date()
const options = {
  credentials: sample.CREDENTIALS,
  now,
  expiresInSeconds: sample.EXPIRES_SECONDS,
}

/** Ten fields, as the service sends them with a form. */
function buildFields(at: number): Record<string, string> {
  const { callback } = sample.buildQueries(1)[0] ?? { callback: '' }
  return {
    key: sample.KEY,
    callback,
    ...sample.buildVars(at),
    'x:album': 'summer',
    'x-oss-content-type': 'image/png',
    'x-oss-meta-upcall-id': 'AAAAAAAAAAAAAAAAAAAAAA',
    'Cache-Control': 'max-age=3600',
    'x-oss-forbid-overwrite': 'true',
    success_action_status: '200',
  }
}

const allFields = Array.from({ length: sample.VARIETY }, (_, at) => buildFields(at))

function createOurs() {
  const next = sample.inTurn(allFields)
  const conditions = [['content-length-range', 1000, 1000]] as const
  const place = { bucket: sample.BUCKET, region: sample.REGION }
  return () => signPostPolicy({ ...place, conditions, fields: next() }, options)
}

/** Its caller writes the whole policy; we hand it one with the same conditions. */
function createAli() {
  const client = createAliClient()
  const policies = allFields.map((fields) => ({
    expiration: now.toISOString(),
    conditions: [
      { bucket: sample.BUCKET },
      { 'x-oss-credential': `${sample.CREDENTIALS.accessKeyId}/20261122/x/oss/aliyun_v4_request` },
      { 'x-oss-date': '20261122T080000Z' },
      { 'x-oss-signature-version': 'OSS4-HMAC-SHA256' },
      ['content-length-range', 1000, 1000],
      ...Object.entries(fields).map(([name, value]) => ['eq', `$${name}`, value]),
    ],
  }))
  const next = sample.inTurn(policies)
  return () => client.signPostObjectPolicyV4(next(), now)
}

async function profilePolicy() {
  const run = createOurs()
  const stop = await startProfile()
  for (let call = 0; call < PROFILED_CALLS; call += 1) run()
  const title = '`signPostPolicy` on Node, by function'
  return { title, shares: sumShares(await stop(), nameFunction) }
}

export async function bench(): Promise<Results> {
  const policies = await compare([
    { name: 'ours', run: createOurs() },
    { name: 'ali-oss', run: createAli() },
  ])
  return {
    rows: [
      {
        what: '`signPostPolicy`, 10 bound fields',
        against: 'ali-oss `signPostObjectPolicyV4`, same conditions',
        ours: printMicros(policies.median('ours')),
        theirs: printMicros(policies.median('ali-oss')),
        ratio: policies.ratio('ali-oss', 'ours'),
        unit: '× as fast',
        goal: { least: 8 },
      },
    ],
    extras: [],
    profiles: [await profilePolicy()],
  }
}
