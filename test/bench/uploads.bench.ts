/** `POST /uploads` on Node over real sockets, against the same Hono server with a constant response. */
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
const GOAL_SAME = 0.4
/** Tickets of one call. */
const LIST = 50
const GOAL_LIST = 4

export async function bench(): Promise<Results> {
  requireWrk()
  const write = createFolder()
  const [hs256, es256] = [await createTokenMaker('HS256'), await createTokenMaker('ES256')]
  const fresh = write('hs256.txt', await makeTokens(hs256, FRESH_TOKENS))
  const freshEs256 = write('es256.txt', await makeTokens(es256, FRESH_TOKENS))
  const same = write('same.txt', await makeTokens(hs256, 1))
  const one = buildBody(nameProfile(PROFILES))
  const body = write('body.json', one)
  const list = write(
    'list.json',
    JSON.stringify({ uploads: Array.from({ length: LIST }, () => JSON.parse(one)) }),
  )
  const constant = await startServer({ role: 'constant' })
  const idle = await startServer({ role: 'idle' })
  const onHs256 = await startServer({ role: 'service', profiles: PROFILES })
  const onEs256 = await startServer({ role: 'service', profiles: PROFILES, ...es256 })

  const load = (server: RunningServer, tokens: string, seconds = SECONDS, sent = body) =>
    loadWithWrk({ port: server.port, pid: server.pid, tokens, body: sent, seconds })
  const contenders = [
    { name: 'constant', server: constant, tokens: fresh },
    { name: 'fresh', server: onHs256, tokens: fresh },
    { name: 'es256', server: onEs256, tokens: freshEs256 },
    { name: 'same', server: onHs256, tokens: same },
    { name: 'idle', server: idle, tokens: same },
    { name: 'list', server: onHs256, tokens: fresh, sent: list },
  ]
  for (const { server, tokens, sent } of contenders) await load(server, tokens, 2, sent)
  const cpu = new Map<string, number>()
  const figures = await takeTurns(contenders, ROUNDS, async ({ name, server, tokens, sent }) => {
    const { perSecond, cpuMicros } = await load(server, tokens, SECONDS, sent)
    cpu.set(name, Math.min(cpu.get(name) ?? Number.POSITIVE_INFINITY, cpuMicros))
    return perSecond
  })

  const profiles: Results['profiles'] = []
  for (const [title, tokens] of [
    ['a fresh HS256 token each time', fresh],
    ['the same HS256 token', same],
  ] as const) {
    const stop = await onHs256.profile()
    await load(onHs256, tokens)
    profiles.push({
      title: `\`POST /uploads\` on Node, ${title}, step by step`,
      shares: await stop(),
    })
  }
  for (const server of [constant, idle, onHs256, onEs256]) await server.stop()

  const micros = (name: string) => 1e6 / figures.median(name)
  const signatures = (profiles.at(-1)?.shares ?? [])
    .filter(({ name }) => /HMAC/.test(name))
    .reduce((sum, { percent }) => sum + percent, 0)
  const account = `What a request with the same token consists of: it takes ${micros('same').toFixed(0)} µs from one response to the next; ${GOAL_SAME} × the constant's rate would be ${(micros('constant') / GOAL_SAME).toFixed(0)} µs. As many bytes in and out with nothing computed take ${micros('idle').toFixed(0)} µs. The three signatures and their texts (session, seal, policy) are ${signatures.toFixed(0)} % of the time, ${((micros('same') * signatures) / 100).toFixed(0)} µs.`

  const print = (name: string) =>
    `${printRate(figures.median(name))}, ${cpu.get(name)?.toFixed(0)} µs CPU`
  const row = (what: string, name: string, least?: number) => ({
    what,
    against: 'the same Hono server with a constant response',
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
      row('the same, HS256, the same token', 'same', GOAL_SAME),
      row('as many bytes in and out, nothing computed', 'idle'),
      {
        what: `tickets by lists of ${LIST}`,
        against: 'tickets by single calls, a fresh HS256 token each time',
        ours: printRate(LIST * figures.median('list')),
        theirs: printRate(figures.median('fresh')),
        ratio: LIST * figures.ratio('list', 'fresh'),
        unit: '× the rate',
        goal: { least: GOAL_LIST },
      },
    ],
    extras: [account],
    profiles,
  }
}
