/** What grows with what: requests with the number of profiles, windows with the number of parts; memory with neither. */

import { toBase64Url } from '../../src/protocol/bytes.ts'
import { createHmacKey, hmacSha256Base64Url } from '../../src/protocol/crypto.ts'
import { presignParts } from '../../src/protocol/presign-parts.ts'
import { createService } from '../../src/service/create-service.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '../support/keys.ts'
import { compare, takeTurns } from './measure.ts'
import { printMicros, printRate, type Results, type Row } from './report.ts'
import * as sample from './samples.ts'
import { type RunningServer, startServer } from './server.ts'
import {
  buildBody,
  createBenchSettings,
  createFolder,
  createTokenMaker,
  FRESH_TOKENS,
  makeTokens,
  nameProfile,
} from './settings.ts'
import { loadWithWrk, requireWrk } from './wrk.ts'

const PROFILE_COUNTS = [1, 10, 1000]
const PART_COUNTS = [1, 10, 100]
const ROUNDS = 5
const SECONDS = 2
const EARLY_REQUESTS = 10_000
const ALL_REQUESTS = 1_000_000
const SOCKET_SECONDS = 20
const MIB = 1024 * 1024

async function benchProfiles(): Promise<Row> {
  const write = createFolder()
  const tokens = write(
    'tokens.txt',
    await makeTokens(await createTokenMaker('HS256'), FRESH_TOKENS),
  )
  const contenders: { name: string; server: RunningServer; body: string }[] = []
  for (const profiles of PROFILE_COUNTS) {
    const server = await startServer({ role: 'service', profiles })
    const body = write(`body-${profiles}.json`, buildBody(nameProfile(profiles)))
    contenders.push({ name: String(profiles), server, body })
  }
  const load = async ({ server: { port, pid }, body }: (typeof contenders)[number]) =>
    (await loadWithWrk({ port, pid, tokens, body, seconds: SECONDS })).perSecond
  for (const one of contenders) await load(one)
  const figures = await takeTurns(contenders, ROUNDS, load)
  for (const { server } of contenders) await server.stop()
  const print = (count: number) => printRate(figures.median(String(count)))
  return {
    what: 'growth: `POST /uploads` on Node with 1 000 profiles',
    against: 'with 1 profile (with 10 between them)',
    ours: print(1000),
    theirs: `${print(1)} (${print(10)})`,
    ratio: figures.ratio('1000', '1'),
    unit: '× the rate',
    goal: { least: 0.9 },
  }
}

async function benchParts(): Promise<Row> {
  const options = {
    credentials: sample.CREDENTIALS,
    now: new Date(),
    expiresInSeconds: sample.EXPIRES_SECONDS,
  }
  const place = {
    bucket: sample.BUCKET,
    key: sample.KEY,
    region: sample.REGION,
    uploadId: 'ABCDEF',
  }
  const contenders = PART_COUNTS.map((count) => {
    const parts = Array.from({ length: count }, (_, at) => ({ partNumber: at + 1, length: MIB }))
    return { name: String(count), run: () => presignParts({ ...place, parts }, options) }
  })
  const figures = await compare(contenders)
  const print = (count: number) => printMicros(figures.median(String(count)))
  return {
    what: 'growth: a window of 100 parts, each URL',
    against: `a window of 10, each URL (windows of 1, 10, 100: ${PART_COUNTS.map(print).join(', ')})`,
    ours: printMicros(figures.median('100') / 100),
    theirs: printMicros(figures.median('10') / 10),
    ratio: figures.ratio('100', '10') / 10,
    unit: '× the cost',
    goal: { most: 1.1 },
  }
}

/** Each token another user's, so that every memory of the service gets something new each time. */
function createTokenMill(): (at: number) => string {
  const key = createHmacKey(JWT_SECRET)
  const header = toBase64Url('{"alg":"HS256"}')
  const about = { iss: JWT_ISSUER, aud: JWT_AUDIENCE, exp: Math.floor(Date.now() / 1000) + 7200 }
  return (at) => {
    const text = `${header}.${toBase64Url(JSON.stringify({ ...about, sub: `user-${at}` }))}`
    return `${text}.${hmacSha256Base64Url(key, text)}`
  }
}

function readHeap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function buildMemoryRow(what: string, early: number, late: number): Row {
  const print = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`
  return {
    what,
    against: 'after 10 000',
    ours: print(late),
    theirs: print(early),
    ratio: late / early,
    unit: '× the memory',
    goal: { most: 1.1 },
  }
}

async function benchMemory(): Promise<Row> {
  const service = createService(await createBenchSettings({ profiles: 10 }))
  const makeToken = createTokenMill()
  const body = buildBody(nameProfile(10))
  let early = 0
  for (let at = 0; at < ALL_REQUESTS; at += 1) {
    const headers = {
      authorization: `Bearer ${makeToken(at)}`,
      'content-type': 'application/json',
      origin: 'https://www.example.com',
    }
    const request = new Request('http://localhost/uploads', { method: 'POST', headers, body })
    const response = await service.fetch(request)
    if (response.status !== 201) throw new Error(`No ticket: ${response.status}`)
    await response.arrayBuffer()
    if (at + 1 === EARLY_REQUESTS) early = readHeap()
  }
  return buildMemoryRow('heap after 1 000 000 × `POST /uploads` in one process', early, readHeap())
}

async function benchMemoryOverSockets(): Promise<Row> {
  const write = createFolder()
  const tokens = write(
    'tokens.txt',
    await makeTokens(await createTokenMaker('HS256'), FRESH_TOKENS),
  )
  const body = write('body.json', buildBody(nameProfile(10)))
  const server = await startServer({ role: 'service', profiles: 10 })
  const { port, pid } = server
  let count = 0
  const load = async (seconds: number) => {
    const { perSecond } = await loadWithWrk({ port, pid, tokens, body, seconds })
    count += perSecond * seconds
  }
  while (count < EARLY_REQUESTS) await load(2)
  const early = await server.memory()
  await load(SOCKET_SECONDS)
  const late = await server.memory()
  await server.stop()
  const thousands = Math.round(count / 1000)
  return buildMemoryRow(`heap after ${thousands} 000 over real sockets`, early.heap, late.heap)
}

export async function bench(): Promise<Results> {
  requireWrk()
  const rows = [await benchProfiles(), await benchParts()]
  rows.push(await benchMemory(), await benchMemoryOverSockets())
  return { rows, extras: [], profiles: [] }
}
