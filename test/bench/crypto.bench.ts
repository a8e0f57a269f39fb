/** What runtimes without `node:crypto` pay: the two implementations behind `#crypto`, and a whole ticket on each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'
import { parsePrivateKey, signRsaMd5 } from '../../src/protocol/crypto-rsa-private.ts'
import type { Service } from '../../src/service/create-service.ts'
import { createBearer } from '../support/bearer.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { compare, type Rounds, takeTurns } from './measure.ts'
import { printMicros, type Results, type Row } from './report.ts'
import { createBenchSettings, nameProfile } from './settings.ts'

const INDEX = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

const ROUNDS = 5
const TICKETS_A_ROUND = 3000

function buildRow(what: string, figures: Rounds): Row {
  return {
    what: `${what}, portable cryptography`,
    against: 'the same by `node:crypto`',
    ours: printMicros(figures.median('portable')),
    theirs: printMicros(figures.median('node')),
    ratio: figures.ratio('portable', 'node'),
    unit: '× the cost',
  }
}

async function compareBoth(what: string, own: () => unknown, node: () => unknown): Promise<Row> {
  const contenders = [
    { name: 'portable', run: own },
    { name: 'node', run: node },
  ]
  return buildRow(what, await compare(contenders, { rounds: ROUNDS }))
}

/** `compare` waits for no promise. @returns nanoseconds of CPU a ticket */
async function measureTickets(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let count = 0; count < TICKETS_A_ROUND; count += 1) await run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / TICKETS_A_ROUND
}

/** The whole service with one of the implementations, and a request for a form ticket that is sent again and again. */
async function createTicketRun(folder: string, condition: string): Promise<() => Promise<unknown>> {
  const { outputFiles } = await build({
    entryPoints: [INDEX],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: [condition],
    external: ['node:*'],
    logLevel: 'error',
  })
  const file = join(folder, `${condition}.mjs`)
  writeFileSync(file, outputFiles[0]?.text ?? '')
  const { createService } = await import(pathToFileURL(file).href)
  const settings = await createBenchSettings({ profiles: 1 })
  const service: Service = createService({ ...settings, writeLog: () => {} })
  const authorization = `Bearer ${await createBearer({ now: new Date() })}`
  const headers = { authorization, 'content-type': 'application/json' }
  const body = JSON.stringify({
    profile: nameProfile(1),
    name: 'photo.png',
    type: 'image/png',
    size: 1000,
  })
  return async () => {
    const request = new Request('https://uploads.example.com/uploads', {
      method: 'POST',
      headers,
      body,
    })
    const response = await service.fetch(request)
    if (response.status !== 201) throw new Error(await response.text())
    return response.text()
  }
}

export async function bench(): Promise<Results> {
  const text = 'x'.repeat(500)
  const sign = ({ sha256Hex }: typeof portable | typeof onNode, hmac: (hash: string) => string) => {
    return () => hmac(sha256Hex(text))
  }
  const [ownKey, nodeKey] = [portable.createHmacKey('secret'), onNode.createHmacKey('secret')]
  const data = toUtf8(text)
  const signature = signRsaMd5(parsePrivateKey(CALLBACK_KEY.privateKey), data)
  const ownRsa = portable.parsePublicKey(CALLBACK_KEY.publicKey)
  const nodeRsa = onNode.parsePublicKey(CALLBACK_KEY.publicKey)
  const [bytes, nonce] = [new Uint8Array(32).fill(7), new Uint8Array(12)]
  const [ownAead, nodeAead] = [portable.createAeadKey(bytes), onNode.createAeadKey(bytes)]
  const facts = data.subarray(0, 200)

  const rows = [
    await compareBoth(
      'SHA-256 of 500 bytes + HMAC',
      sign(portable, (hash) => portable.hmacSha256Hex(ownKey, hash)),
      sign(onNode, (hash) => onNode.hmacSha256Hex(nodeKey, hash)),
    ),
    await compareBoth(
      'RSA-MD5 of a callback',
      () => portable.verifyRsaMd5(ownRsa, data, signature),
      () => onNode.verifyRsaMd5(nodeRsa, data, signature),
    ),
    await compareBoth(
      'AES-256-GCM of 200 bytes',
      () => portable.encryptAead(ownAead, nonce, facts, nonce),
      () => onNode.encryptAead(nodeAead, nonce, facts, nonce),
    ),
  ]
  const folder = mkdtempSync(join(tmpdir(), 'upcall-bench-crypto-'))
  try {
    const contenders = [
      { name: 'portable', run: await createTicketRun(folder, 'edge-light') },
      { name: 'node', run: await createTicketRun(folder, 'node') },
    ]
    for (const { run } of contenders) await measureTickets(run)
    const figures = await takeTurns(contenders, ROUNDS, ({ run }) => measureTickets(run))
    rows.push(buildRow('a form ticket, the same token, inside Node', figures))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { rows, extras: [], profiles: [] }
}
