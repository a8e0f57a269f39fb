/**
 * `POST /callbacks/oss` as a whole – request, signature, seal, HEAD, record, delivery, response – against the bare RSA
 * verification in it. In one process, 32 at once; OSS and the application respond at once, their time is not in it.
 */
import { verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { fromBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { parsePublicKey } from '../../src/protocol/crypto.ts'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { CALLBACK_PATH, createCallback, createSettings } from '../support/service-with-stub-oss.ts'
import { takeTurns } from './measure.ts'
import { DATA_FOLDER } from './outbox-engines.ts'
import { printMicros, type Results } from './report.ts'

const ROUNDS = 7
/** Callbacks of a round: each upload is called back once by every contender. */
const CALLS = 1000
const AT_ONCE = 32
const ETAG = '5D41402ABC4B2A76B9719D911017C592'

interface Arrived {
  body: string
  headers: Record<string, string>
}

const stored = new Map<string, Record<string, string>>()

function createSettingsOfBench(): ServiceOptions {
  return {
    ...createSettings(),
    rateLimits: { subjectPerMinute: 1e9, addressPerMinute: 1e9 },
    fetch: async (input) => {
      const url = input instanceof Request ? input.url : String(input)
      return new Response(null, { headers: stored.get(new URL(url).pathname) ?? {} })
    },
  }
}

/** What OSS sends for one upload that the service issued. */
async function createArrived(service: Service, authorization: string): Promise<Arrived> {
  const response = await service.fetch(
    new Request('https://api.example.com/uploads', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 1000 }),
    }),
  )
  const ticket = (await response.json()) as FormTicket
  stored.set(`/${ticket.key}`, {
    'content-length': '1000',
    'content-type': 'image/png',
    etag: `"${ETAG}"`,
    'x-oss-hash-crc64ecma': '123',
    'x-oss-meta-upcall-id': ticket.id,
  })
  const body = String(
    new URLSearchParams({
      bucket: 'examplebucket',
      object: ticket.key,
      etag: ETAG,
      size: '1000',
      type: 'image/png',
      crc64: '123',
      contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
      clientIp: '203.0.113.7',
      reqId: '5C3D9175B6FC201293AD0001',
      operation: 'PostObject',
      name: 'a.png',
      seal: ticket.fields['x:seal'] ?? '',
    }),
  )
  return { body, headers: Object.fromEntries(createCallback(body).headers) }
}

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

export async function bench(): Promise<Results> {
  const settings = createSettingsOfBench()
  const folder = mkdtempSync(DATA_FOLDER)
  const deliver = async () => '{"ok":true}'
  const outbox = await createSqliteOutbox({ folder, deliver })
  const inMemory = createService({ ...settings, onReceipt: () => ({ ok: true }) })
  const onSqlite = createService({ ...settings, outbox })
  const authorization = `Bearer ${await createBearer({ now: new Date() })}`
  const rounds: Arrived[][] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const arrived: Arrived[] = []
    for (let at = 0; at < CALLS; at += 1) arrived.push(await createArrived(inMemory, authorization))
    rounds.push(arrived)
  }
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
  return { rows: [row('memory'), row('SQLite')], extras: [], profiles: [] }
}
