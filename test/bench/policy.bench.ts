/** A form policy against the official SDK's, and a callback's verification against RSA-MD5 alone. */
import { verify } from 'node:crypto'
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { buildCallbackText, verifyCallback } from '../../src/protocol/callback-verify.ts'
import { parsePrivateKey, parsePublicKey, signRsaMd5 } from '../../src/protocol/crypto.ts'
import { signPostPolicy } from '../../src/protocol/post-policy.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
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

function createCallbacks() {
  const privateKey = parsePrivateKey(CALLBACK_KEY.privateKey)
  const target = '/callbacks/oss'
  return Array.from({ length: sample.VARIETY }, (_, at) => {
    const body = toUtf8(
      `bucket=${sample.BUCKET}&object=${at}&size=1000&${new URLSearchParams(sample.buildVars(at))}`,
    )
    const text = buildCallbackText(target, body) ?? body
    const signature = signRsaMd5(privateKey, text)
    const authorization = toBase64(signature)
    return { text, signature, message: { target, body, authorization } }
  })
}

async function profilePolicy() {
  const run = createOurs()
  const stop = await startProfile()
  for (let call = 0; call < PROFILED_CALLS; call += 1) run()
  const title = '`signPostPolicy` on Node, by function'
  return { title, shares: sumShares(await stop(), nameFunction) }
}

export async function bench(): Promise<Results> {
  const publicKeys = { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }
  const publicKeyUrl = toBase64(CALLBACK_KEY.url)
  const callbacks = createCallbacks()
  const [nextOurs, nextBare] = [sample.inTurn(callbacks), sample.inTurn(callbacks)]
  const key = parsePublicKey(CALLBACK_KEY.publicKey)
  const policies = await compare([
    { name: 'ours', run: createOurs() },
    { name: 'ali-oss', run: createAli() },
  ])
  const verifications = await compare([
    {
      name: 'ours',
      run: () => verifyCallback({ ...nextOurs().message, publicKeyUrl }, { publicKeys }),
    },
    {
      name: 'bare',
      run: () => {
        const { text, signature } = nextBare()
        return verify('RSA-MD5', text, key, signature)
      },
    },
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
      {
        what: '`verifyCallback`',
        against: '`crypto.verify` alone',
        ours: printMicros(verifications.median('ours')),
        theirs: printMicros(verifications.median('bare')),
        ratio: verifications.ratio('ours', 'bare'),
        unit: '× the cost',
        goal: { most: 1.5 },
      },
    ],
    extras: [],
    profiles: [await profilePolicy()],
  }
}
