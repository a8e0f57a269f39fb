/**
 * The receivers of `docs/webhook` in Python and Go, run by the real interpreter and compiler: neither is left out. On a
 * machine without them they are installed (Debian, as root), else the run fails and says what to install.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWebhook } from '../../src/service/delivery/webhook.ts'
import { findEngine } from '../support/engine-process.ts'
import {
  createAttempt,
  OTHER_SECRET,
  RECEIPT,
  SECRET,
  SOURCE,
  signRequest,
} from '../support/webhook-samples.ts'

/** Installing Go takes 15 s, compiling `net/http` up to a minute where Debian ships it as source. */
const PREPARE_MS = 240_000
const RESPONSE = { url: `/files/${RECEIPT.id}` }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-languages-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function preparePython(): string[] {
  const python = findEngine(['python3'], ['python3'])
  return [python, 'docs/webhook/receiver.py', join(folder, 'uploads.db')]
}

function prepareGo(): string[] {
  const go = findEngine(['go'], ['golang-go'])
  const program = join(folder, 'receiver')
  // Go's own build cache is used, so that only the first run compiles `net/http`. The module proxy is off: the program needs the standard library alone, and that is checked by this.
  const own = { GOPATH: join(folder, 'go'), GOPROXY: 'off' }
  const env = {
    ...process.env,
    ...own,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
  }
  execFileSync(go, ['vet', 'docs/webhook/receiver.go'], { env, stdio: 'pipe' })
  execFileSync(go, ['build', '-o', program, 'docs/webhook/receiver.go'], { env, stdio: 'pipe' })
  return [program]
}

/** Starts it on a free port and waits for its line `listening on PORT`. */
async function start([command = '', ...args]: string[]) {
  const env = { ...process.env, PORT: '0', UPCALL_WEBHOOK_SECRETS: `${OTHER_SECRET},${SECRET}` }
  const child: ChildProcess = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const port = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const [, found] = /listening on (\d+)/.exec(output) ?? []
      if (found) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
  const url = `http://127.0.0.1:${port}/`
  async function stop(): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  return { url, stop, readOutput: () => output }
}

describe.each([
  ['receiver.py', preparePython],
  ['receiver.go', prepareGo],
])('docs/webhook/%s', (name, prepare) => {
  let command: string[]
  let server: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    command = prepare()
    server = await start(command)
  }, PREPARE_MS)
  afterAll(() => server?.stop())

  const deliver = (secret = SECRET) =>
    createWebhook({ url: server.url, secrets: [secret], source: SOURCE })(RECEIPT, createAttempt())

  async function post({ headers, body }: { headers: Record<string, string>; body: BodyInit }) {
    return (await fetch(server.url, { method: 'POST', headers, body })).status
  }

  it('takes an event, and the same event again and at the same time, with one response', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => deliver()))
    expect(new Set(responses.map((text) => JSON.stringify(JSON.parse(text))))).toEqual(
      new Set([JSON.stringify(RESPONSE)]),
    )
    if (name === 'receiver.go') {
      const effect = 'effect: "海边 🏖.png" of user-42'
      await expect.poll(server.readOutput).toContain(effect)
      expect(server.readOutput().split(effect).length).toBe(2)
    }
  })

  it('takes either secret', async () => {
    expect(JSON.parse(await deliver(OTHER_SECRET))).toEqual(RESPONSE)
  })

  it('does not believe what is not signed, not now, or not as it was', async () => {
    const now = new Date()
    const { headers, body } = signRequest({ at: now })
    const change = (changes: Record<string, string>) => ({
      headers: { ...headers, ...changes },
      body,
    })
    const changed = body.slice()
    changed[30] = 0x20
    const statuses = [
      await post({ headers, body: changed }),
      await post({ headers: {}, body }),
      await post(change({ 'webhook-id': 'other' })),
      await post(change({ 'webhook-timestamp': 'soon' })),
      await post(change({ 'webhook-timestamp': '\u00b2'.repeat(10) })),
      await post(change({ 'webhook-signature': 'v1,' })),
      await post(change({ 'webhook-signature': 'v1,\u00e9' })),
      await post(signRequest({ at: new Date(now.getTime() - 400_000) })),
      await post(signRequest({ at: new Date(now.getTime() + 400_000) })),
      await post(signRequest({ at: now, secrets: [`whsec_${btoa('x'.repeat(24))}`] })),
      await post(signRequest({ at: now, id: 'other', text: new TextDecoder().decode(body) })),
      await post(signRequest({ at: now, text: 'no JSON' })),
    ]
    expect(statuses).toEqual(statuses.map(() => 401))
    expect(await post({ headers, body })).toBe(200)
  })

  it('takes an event signed by two secrets of which it knows one', async () => {
    const unknown = `whsec_${btoa('y'.repeat(24))}`
    expect(await post(signRequest({ at: new Date(), secrets: [unknown, SECRET] }))).toBe(200)
  })

  it('bounds the body', async () => {
    const { headers } = signRequest({ at: new Date() })
    const status = await post({ headers, body: new Uint8Array(1024 * 1024) }).catch(() => 'reset')
    expect([413, 'reset']).toContain(status)
    expect(JSON.parse(await deliver())).toEqual(RESPONSE)
  })
})

describe('docs/webhook/receiver.py', () => {
  it('remembers what it has handled when it was killed', { timeout: 20_000 }, async () => {
    const command = preparePython()
    const responses: string[] = []
    for (let run = 0; run < 2; run += 1) {
      const { url, stop } = await start(command)
      const deliver = createWebhook({ url, secrets: [SECRET], source: SOURCE })
      responses.push(await deliver(RECEIPT, createAttempt()))
      await stop()
    }
    expect(responses[1]).toBe(responses[0])
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(command[2] ?? '')
    expect(database.prepare('SELECT id, owner, object, name FROM files').all()).toEqual([
      { id: RECEIPT.id, owner: RECEIPT.subject, object: RECEIPT.key, name: RECEIPT.name },
    ])
    database.close()
  })
})
