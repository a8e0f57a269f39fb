/** Signing and `POST /uploads` inside workerd; the Worker's size, and what starting it costs. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, UPCALL_SECRET } from '../support/keys.ts'
import { median, takeTurns } from './measure.ts'
import { sumShares } from './profile.ts'
import { type Profile, printMicros, printRate, type Results, type Row } from './report.ts'
import { CREDENTIALS } from './samples.ts'
import {
  buildBody,
  buildProfiles,
  createFolder,
  createTokenMaker,
  FRESH_TOKENS,
  makeTokens,
  nameProfile,
} from './settings.ts'
import { bundleService, bundleWorker, startWorkerd, type WorkerCode } from './workerd.ts'
import { profileWorkerd } from './workerd-profile.ts'
import { loadWithWrk, requireWrk } from './wrk.ts'

const ROUNDS = 5
const SECONDS = 3
const PROFILES = 10
const CALLS = 5000
const STARTS = 11

const env = {
  OSS_BUCKET: 'examplebucket',
  OSS_REGION: 'cn-hangzhou',
  OSS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  OSS_ACCESS_KEY_SECRET: CREDENTIALS.accessKeySecret,
  UPCALL_SECRET,
  UPCALL_PUBLIC_URL: 'https://uploads.example.com',
  UPCALL_PROFILES: JSON.stringify(buildProfiles(PROFILES)),
  UPCALL_ALLOWED_ORIGINS: 'https://www.example.com',
  UPCALL_JWT_SECRET: JWT_SECRET,
  UPCALL_JWT_ISSUER: JWT_ISSUER,
  UPCALL_JWT_AUDIENCE: JWT_AUDIENCE,
  // Nobody is told: no upload arrives.
  UPCALL_WEBHOOK_URL: 'none',
  // Counted, but never reached.
  UPCALL_RATE_SUBJECT: '1000000000',
}

async function benchPresign(folder: string): Promise<Row[]> {
  const workerd = await startWorkerd(folder, [{ code: await bundleWorker('./presign.worker.ts') }])
  const [port] = workerd.ports
  const contenders = ['ours', 'bare', 'native'].map((name) => ({ name }))
  const ask = async (name: string) => {
    const start = performance.now()
    await (await fetch(`http://127.0.0.1:${port}/${name}?count=${CALLS}`)).text()
    return ((performance.now() - start) / CALLS) * 1e6
  }
  for (const { name } of contenders) await ask(name)
  const figures = await takeTurns(contenders, 15, ({ name }) => ask(name))
  await workerd.stop()
  const row = (against: string, name: string, most?: number): Row => ({
    what: '`presign` PUT with callback, inside workerd',
    against,
    ours: printMicros(figures.median('ours')),
    theirs: printMicros(figures.median(name)),
    ratio: figures.ratio('ours', name),
    unit: '× the cost',
    ...(most !== undefined && { goal: { most } }),
  })
  return [
    row('Web Crypto SHA-256 + HMAC of the same texts, there', 'bare', 1.5),
    row('`node:crypto` SHA-256 + HMAC of the same texts, there', 'native'),
  ]
}

async function benchUploads(folder: string, service: WorkerCode): Promise<Row[]> {
  requireWrk()
  const write = createFolder()
  const maker = await createTokenMaker('HS256')
  const fresh = write('hs256.txt', await makeTokens(maker, FRESH_TOKENS))
  const same = write('same.txt', await makeTokens(maker, 1))
  const body = write('body.json', buildBody(nameProfile(PROFILES)))
  for (const name of ['constant', 'service']) mkdirSync(join(folder, name))
  const constant = await startWorkerd(join(folder, 'constant'), [
    { code: await bundleWorker('./constant.worker.ts') },
  ])
  const ours = await startWorkerd(join(folder, 'service'), [service])
  const contenders = [
    { name: 'constant', server: constant, tokens: fresh },
    { name: 'fresh', server: ours, tokens: fresh },
    { name: 'same', server: ours, tokens: same },
  ]
  const cpu = new Map<string, number>()
  const load = async ({ name, server, tokens }: (typeof contenders)[number]) => {
    const [port = 0] = server.ports
    const result = await loadWithWrk({ port, pid: server.pid, tokens, body, seconds: SECONDS })
    cpu.set(name, Math.min(cpu.get(name) ?? Number.POSITIVE_INFINITY, result.cpuMicros))
    return result.perSecond
  }
  for (const one of contenders) await load(one)
  const figures = await takeTurns(contenders, ROUNDS, load)
  await constant.stop()
  await ours.stop()
  const print = (name: string) =>
    `${printRate(figures.median(name))}, ${cpu.get(name)?.toFixed(0)} µs CPU`
  const row = (what: string, name: string, least: number): Row => ({
    what,
    against: 'a constant Hono route in workerd',
    ours: print(name),
    theirs: print('constant'),
    ratio: figures.ratio(name, 'constant'),
    unit: '× the rate',
    goal: { least },
  })
  return [
    row('`POST /uploads` in workerd, HS256, a fresh token each time', 'fresh', 0.25),
    row('the same, the same token', 'same', 0.4),
  ]
}

/** What a request costs, function by function; under the names of the source, not those that wrangler makes shorter. */
async function profileUploads(folder: string): Promise<Profile> {
  const write = createFolder()
  const tokens = write('same.txt', await makeTokens(await createTokenMaker('HS256'), 1))
  const body = write('body.json', buildBody(nameProfile(PROFILES)))
  const code = await bundleWorker('../../src/entry/worker.ts', false)
  const server = await startWorkerd(folder, [{ code, env, hasLedger: true }], { isInspected: true })
  const load = () =>
    loadWithWrk({ port: server.ports[0] ?? 0, pid: server.pid, tokens, body, seconds: SECONDS })
  await load()
  const profile = await profileWorkerd(server.inspectorPort, load)
  await server.stop()
  const name = ({ functionName }: { functionName: string }) =>
    functionName === '' ? 'the engine' : functionName.replace(/^\w+$/, '`$&`')
  return {
    title: '`POST /uploads` in workerd, the same HS256 token, by function',
    shares: sumShares(profile, name),
  }
}

/** Nanoseconds that all threads of a process have been on a processor. */
function readScheduledNs(pid: number): number {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return sum
}

/** CPU of a workerd from its start to its first response. */
async function measureStart(folder: string, worker: WorkerCode): Promise<number> {
  const workerd = await startWorkerd(folder, [worker])
  const ms = readScheduledNs(workerd.pid) / 1e6
  await workerd.stop()
  return ms
}

async function benchStart(folder: string, service: WorkerCode): Promise<Row> {
  const empty = { code: 'export default { fetch: () => new Response("ok") }' }
  const contenders = [
    { name: 'empty', worker: empty },
    { name: 'ours', worker: service },
  ]
  const [ours, none]: [number[], number[]] = [[], []]
  await takeTurns(contenders, STARTS, async ({ name, worker }) => {
    const ms = await measureStart(folder, worker)
    if (name === 'ours') ours.push(ms)
    else none.push(ms)
    return ms
  })
  const more = median(ours.map((ms, at) => ms - (none[at] ?? Number.NaN)))
  return {
    what: 'start-up in workerd, to the first response: CPU above an empty worker’s',
    against: 'an empty worker',
    ours: `${median(ours).toFixed(1)} ms CPU`,
    theirs: `${median(none).toFixed(1)} ms CPU`,
    ratio: more,
    unit: 'ms more',
    goal: { most: 20 },
  }
}

export async function bench(): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-workerd-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const sub = (name: string) => mkdtempSync(join(folder, name))
  const code = await bundleService(sub('bundle'))
  const service = { code, env, hasLedger: true }
  const rows = [
    ...(await benchPresign(sub('presign'))),
    ...(await benchUploads(sub('uploads'), service)),
    {
      what: 'worker bundle, gzip',
      against: 'before gzip',
      ours: `${(gzipSync(code).length / 1024).toFixed(1)} KiB`,
      theirs: `${(Buffer.byteLength(code) / 1024).toFixed(1)} KiB`,
      ratio: gzipSync(code).length / 1000,
      unit: 'kB',
      goal: { most: 45 },
    },
    await benchStart(sub('start'), service),
  ]
  return { rows, extras: [], profiles: [await profileUploads(sub('profile'))] }
}
