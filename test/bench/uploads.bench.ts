/** `POST /uploads` on Node over real sockets, against the same Hono server answering a constant. */
import { takeTurns } from './measure.ts'
import { printRate, type Results } from './report.ts'
import { type RunningServer, startServer } from './server.ts'
import {
  buildBody,
  createFolder,
  createTokenMaker,
  FRESH_TOKENS,
  makeTokens,
  nameProfile,
} from './settings.ts'
import { loadWithWrk, requireWrk } from './wrk.ts'

const ROUNDS = 5
const SECONDS = 3
const PROFILES = 10

export async function bench(): Promise<Results> {
  requireWrk()
  const write = createFolder()
  const [hs256, es256] = [await createTokenMaker('HS256'), await createTokenMaker('ES256')]
  const fresh = write('hs256.txt', await makeTokens(hs256, FRESH_TOKENS))
  const freshEs256 = write('es256.txt', await makeTokens(es256, FRESH_TOKENS))
  const same = write('same.txt', await makeTokens(hs256, 1))
  const body = write('body.json', buildBody(nameProfile(PROFILES)))
  const constant = await startServer({ role: 'constant' })
  const idle = await startServer({ role: 'idle' })
  const onHs256 = await startServer({ role: 'service', profiles: PROFILES })
  const onEs256 = await startServer({ role: 'service', profiles: PROFILES, ...es256 })

  const load = (server: RunningServer, tokens: string, seconds = SECONDS) =>
    loadWithWrk({ port: server.port, pid: server.pid, tokens, body, seconds })
  const contenders = [
    { name: 'constant', server: constant, tokens: fresh },
    { name: 'fresh', server: onHs256, tokens: fresh },
    { name: 'es256', server: onEs256, tokens: freshEs256 },
    { name: 'same', server: onHs256, tokens: same },
    { name: 'idle', server: idle, tokens: same },
  ]
  for (const { server, tokens } of contenders) await load(server, tokens, 2)
  const cpu = new Map<string, number>()
  const figures = await takeTurns(contenders, ROUNDS, async ({ name, server, tokens }) => {
    const { perSecond, cpuMicros } = await load(server, tokens)
    cpu.set(name, Math.min(cpu.get(name) ?? Number.POSITIVE_INFINITY, cpuMicros))
    return perSecond
  })

  const stop = await onHs256.profile()
  await load(onHs256, fresh)
  const shares = await stop()
  for (const server of [constant, idle, onHs256, onEs256]) await server.stop()

  const print = (name: string) =>
    `${printRate(figures.median(name))}, ${cpu.get(name)?.toFixed(0)} µs CPU`
  const row = (what: string, name: string, least?: number) => ({
    what,
    against: 'the same Hono server answering a constant',
    ours: print(name),
    theirs: print('constant'),
    ratio: figures.ratio(name, 'constant'),
    unit: '× the rate',
    ...(least !== undefined && { goal: { least } }),
  })
  return {
    rows: [
      row('`POST /uploads` on Node, HS256, a fresh token each time', 'fresh', 0.25),
      row('the same, ES256', 'es256'),
      row('the same, HS256, the same token', 'same', 0.4),
      row('as many bytes in and out, nothing computed', 'idle'),
    ],
    extras: [],
    profiles: [{ title: '`POST /uploads` on Node, fresh HS256 tokens, by place', shares }],
  }
}
