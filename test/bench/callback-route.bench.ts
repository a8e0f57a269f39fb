/**
 * `POST /callbacks/oss` as a whole – request, signature, seal, HEAD, record, delivery, response – against the bare RSA
 * verification in it, in one process, 32 at once; and over sockets against the same Hono server with a constant response.
 * OSS and the application respond at once, their time is not in it. CPU time is that of the service, not of Redis or PostgreSQL.
 */
import { verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { fromBase64, toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { parsePublicKey } from '../../src/protocol/crypto.ts'
import { createService, type Service } from '../../src/service/create-service.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { CALLBACK_PATH } from '../support/service-with-stub-oss.ts'
import {
  type Arrived,
  createCallbackMaker,
  createCallbackSettings,
  formatCallbacks,
  makeCallbacks,
} from './callbacks.ts'
import { takeTurns } from './measure.ts'
import { DATA_FOLDER } from './outbox-engines.ts'
import { printMicros, printRate, type Results, type Row } from './report.ts'
import { type CallbackStore, startServer } from './server.ts'
import { createFolder } from './settings.ts'
import { loadCallbacksWithWrk, requireWrk } from './wrk.ts'

const ROUNDS = 7
/** Callbacks of a round: each upload is called back once by every contender. */
const CALLS = 1000
const AT_ONCE = 32
/** Over sockets: callbacks of a load, more than a server takes in its time. */
const CALLS_OF_LOAD = 25_000
const LOAD_SECONDS = 2
const LOADS = 5
/** Before the first that counts. */
const WARMING_LOADS = 2
const GOAL_MEMORY = 0.35
async function callAll(service: Service, arrived: readonly Arrived[]): Promise<void> {
  const waiting = [...arrived]
  const callers = Array.from({ length: AT_ONCE }, async () => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const request = new Request('https://api.example.com/callbacks/oss', {
        method: 'POST',
        ...one,
      })
      const response = await service.fetch(request)
      const reply = await response.text()
      if (response.status !== 200) throw new Error(`${response.status} ${reply}`)
    }
  })
  await Promise.all(callers)
}

async function measureCpuMicros(work: () => unknown): Promise<number> {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  await work()
  const end = process.cpuUsage()
  return (end.user + end.system - user - system) / CALLS
}

/** Each load brings callbacks of uploads that no server has seen. */
async function benchOverSockets(make: () => Promise<Arrived>): Promise<Row[]> {
  requireWrk()
  const write = createFolder()
  const files: string[] = []
  for (let at = 0; at < LOADS + WARMING_LOADS; at += 1) {
    const arrived = await makeCallbacks(make, CALLS_OF_LOAD)
    files.push(write(`callbacks-${at}.txt`, formatCallbacks(arrived)))
  }
  const folder = mkdtempSync(DATA_FOLDER)
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const startRecorder = (store: CallbackStore) => startServer({ role: 'callbacks', store })
  const path = '/callbacks/oss'
  const contenders = [
    { name: 'constant', server: await startServer({ role: 'constant' }), path: '/uploads' },
    { name: 'memory', server: await startServer({ role: 'callbacks' }), path },
    { name: 'SQLite', server: await startRecorder({ folder }), path },
    { name: 'Redis', server: await startRecorder({ redis: redis.url }), path },
    { name: 'PostgreSQL', server: await startRecorder({ postgres: postgres.url }), path },
  ]
  const keyUrl = toBase64(CALLBACK_KEY.url)
  const cpu = new Map<string, number>()
  const load = async ({ name, server, path }: (typeof contenders)[number], at: number) => {
    const { port, pid } = server
    const [callbacks = '', count] = [files[at], CALLS_OF_LOAD]
    const seconds = LOAD_SECONDS
    const own = { port, pid, seconds, path, callbacks, keyUrl }
    // The constant route does not read them: it may get one twice.
    const most = name === 'constant' ? Number.POSITIVE_INFINITY : count
    const { perSecond, cpuMicros } = await loadCallbacksWithWrk({ ...own, count: most })
    cpu.set(name, Math.min(cpu.get(name) ?? Number.POSITIVE_INFINITY, cpuMicros))
    return perSecond
  }
  for (let at = LOADS; at < files.length; at += 1) {
    for (const one of contenders) await load(one, at)
  }
  cpu.clear()
  const figures = await takeTurns(contenders, LOADS, load)
  for (const { server } of contenders) await server.stop()
  await Promise.all([redis.stop(), postgres.stop()])
  rmSync(folder, { recursive: true })
  const print = (name: string) =>
    `${printRate(figures.median(name))}, ${cpu.get(name)?.toFixed(0)} µs CPU`
  const row = (name: string, least?: number): Row => ({
    what: `\`POST /callbacks/oss\` on Node over sockets, outbox: ${name}`,
    against: 'the same Hono server with a constant response',
    ours: print(name),
    theirs: print('constant'),
    ratio: figures.ratio(name, 'constant'),
    unit: '× the rate',
    ...(least !== undefined && { goal: { least } }),
  })
  return [row('memory', GOAL_MEMORY), row('SQLite'), row('Redis'), row('PostgreSQL')]
}

export async function bench(): Promise<Results> {
  const settings = createCallbackSettings()
  const folder = mkdtempSync(DATA_FOLDER)
  const deliver = async () => '{"ok":true}'
  const outbox = await createSqliteOutbox({ folder, deliver })
  const inMemory = createService({ ...settings, onReceipt: () => ({ ok: true }) })
  const onSqlite = createService({ ...settings, outbox })
  const make = await createCallbackMaker()
  const rounds: Arrived[][] = []
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await makeCallbacks(make, CALLS))
  const key = parsePublicKey(CALLBACK_KEY.publicKey)
  const target = decodeURIComponent(CALLBACK_PATH)
  const verifyAll = (arrived: readonly Arrived[]) => {
    for (const { body, headers } of arrived) {
      const text = toUtf8(`${target}\n${body}`)
      if (!verify('RSA-MD5', text, key, fromBase64(headers.authorization ?? ''))) {
        throw new Error('The signature is wrong.')
      }
    }
  }
  const contenders = [
    { name: 'bare', run: verifyAll },
    { name: 'memory', run: (arrived: readonly Arrived[]) => callAll(inMemory, arrived) },
    { name: 'SQLite', run: (arrived: readonly Arrived[]) => callAll(onSqlite, arrived) },
  ]
  const [warming = [], ...measured] = rounds
  for (const { run } of contenders) await run(warming)
  const figures = await takeTurns(contenders, ROUNDS, ({ run }, round) =>
    measureCpuMicros(() => run(measured[round] ?? [])),
  )
  await onSqlite.close()
  rmSync(folder, { recursive: true })
  const row = (name: string) => ({
    what: `\`POST /callbacks/oss\` as a whole, outbox: ${name}`,
    against: '`crypto.verify` alone',
    ours: `${printMicros(figures.median(name) * 1000)} CPU`,
    theirs: printMicros(figures.median('bare') * 1000),
    ratio: figures.ratio(name, 'bare'),
    unit: '× the cost',
  })
  const rows = [row('memory'), row('SQLite'), ...(await benchOverSockets(make))]
  return { rows, extras: [], profiles: [] }
}
