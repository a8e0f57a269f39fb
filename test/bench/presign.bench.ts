/** `presign` against the bare hash and HMAC of the same texts; a window of parts against as many single ones. */
import { hmacSha256Hex, sha256Hex } from '../../src/protocol/crypto-node.ts'
import { presign } from '../../src/protocol/presign.ts'
import { presignParts } from '../../src/protocol/presign-parts.ts'
import { compare } from './measure.ts'
import { nameFunction, startProfile, sumShares } from './profile.ts'
import { printMicros, type Results } from './report.ts'
import * as sample from './samples.ts'
import { buildTexts } from './texts.ts'

const WINDOW = 100
const PROFILED_CALLS = 400_000
const PART_BYTES = 8 * 1024 * 1024
const UPLOAD_ID = '0004B9894A22E5B1888A1E29F8236E2D'

const queries = sample.buildQueries()
const options = {
  credentials: sample.CREDENTIALS,
  now: new Date(),
  expiresInSeconds: sample.EXPIRES_SECONDS,
}
const place = { bucket: sample.BUCKET, key: sample.KEY, region: sample.REGION }

export function createPresigner() {
  const next = sample.inTurn(queries)
  const { HEADERS: headers, ADDITIONAL_HEADERS: additionalHeaders } = sample
  return () =>
    presign({ ...place, method: 'PUT', query: next(), headers, additionalHeaders }, options)
}

/** The hash and the HMAC that no signer can do without, as `node:crypto` has them. */
function createBare() {
  const { key, texts } = buildTexts(queries, options)
  const next = sample.inTurn(texts)
  return () => {
    const { canonical, toSign } = next()
    return sha256Hex(canonical) + hmacSha256Hex(key, toSign)
  }
}

function createWindow() {
  const parts = Array.from({ length: WINDOW }, (_, at) => ({
    partNumber: at + 1,
    length: PART_BYTES,
  }))
  return () => presignParts({ ...place, uploadId: UPLOAD_ID, parts }, options)
}

/** The same hundred, one by one. */
function createSingles() {
  const headers = { 'content-length': String(PART_BYTES) }
  const additionalHeaders = ['content-length']
  return () =>
    Array.from({ length: WINDOW }, (_, at) => {
      const query = { partNumber: String(at + 1), uploadId: UPLOAD_ID }
      return presign({ ...place, method: 'PUT', query, headers, additionalHeaders }, options).url
    })
}

async function profilePresign() {
  const run = createPresigner()
  const stop = await startProfile()
  for (let call = 0; call < PROFILED_CALLS; call += 1) run()
  return { title: '`presign` on Node, by function', shares: sumShares(await stop(), nameFunction) }
}

export async function bench(): Promise<Results> {
  const figures = await compare([
    { name: 'bare', run: createBare() },
    { name: 'ours', run: createPresigner() },
  ])
  const windows = await compare([
    { name: 'window', run: createWindow() },
    { name: 'singles', run: createSingles() },
  ])
  // One of a hundred callbacks apart, `presign` of a part is the cheaper call: both figures are shown.
  const cost = (name: string) => printMicros(figures.median(name))
  const perUrl = (name: string) => `${printMicros(windows.median(name) / WINDOW)} a URL`
  return {
    rows: [
      {
        what: '`presign` PUT with callback, V4, Node',
        against: 'bare SHA-256 + HMAC of the same texts',
        ours: cost('ours'),
        theirs: cost('bare'),
        ratio: figures.ratio('ours', 'bare'),
        unit: '× the cost',
        goal: { most: 2.2 },
      },
      {
        what: 'window of 100 part URLs (`presignParts`)',
        against: '100 × `presign` with callback',
        ours: perUrl('window'),
        theirs: `${cost('ours')} a URL`,
        ratio: windows.median('window') / WINDOW / figures.median('ours'),
        unit: '× the cost',
        goal: { most: 0.6 },
      },
      {
        what: 'the same',
        against: '100 × `presign` of the same parts',
        ours: perUrl('window'),
        theirs: perUrl('singles'),
        ratio: windows.ratio('window', 'singles'),
        unit: '× the cost',
        goal: { most: 0.6 },
      },
    ],
    extras: [],
    profiles: [await profilePresign()],
  }
}
