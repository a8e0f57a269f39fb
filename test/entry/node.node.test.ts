/**
 * The Node entry point as a process: starts, responds over a socket, stops without losing a request.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createBearer } from '../support/bearer.ts'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { dial } from '../support/dial.ts'
import { changeEnvironment } from '../support/environment.ts'
import { PLANTED } from '../support/keys.ts'

const ENTRY = fileURLToPath(new URL('../../src/entry/node.ts', import.meta.url))
const BODY = JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 })

const started: ChildProcess[] = []
const folders: string[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function open(env: Record<string, string>): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-node-'))
  folders.push(folder)
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...COMPILE_CACHE, UPCALL_DATA: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

async function start(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; port: number }> {
  const child = open(changeEnvironment({ PORT: '0', ...env }))
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { child, port: Number(/:(\d+)\s*$/.exec(String(line))?.[1]) }
}

async function buildHead(port: number): Promise<string> {
  return [
    'POST /uploads HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${await createBearer({ now: new Date() })}`,
    'content-type: application/json',
    `content-length: ${BODY.length}`,
    '\r\n',
  ].join('\r\n')
}

describe('the Node entry point', () => {
  it('issues tickets over a socket', async () => {
    const { port } = await start()
    const response = await fetch(`http://127.0.0.1:${port}/uploads`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await createBearer({ now: new Date() })}`,
        'content-type': 'application/json',
      },
      body: BODY,
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.json()).toMatchObject({ kind: 'form' })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s ends what was begun, then leaves',
    async (signal) => {
      const { child, port } = await start()
      const idle = await dial(port)
      const socket = await dial(port)
      const head = await buildHead(port)
      socket.write(head + BODY.slice(0, 10))
      // It has a response, hence it was accepted and read by the same event loop before the signal.
      await fetch(`http://127.0.0.1:${port}/healthz`)
      child.kill(signal)
      await expect
        .poll(() =>
          dial(port).then(
            () => 'open',
            () => 'closed',
          ),
        )
        .toBe('closed')
      socket.write(BODY.slice(10))
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 Created/)
      const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
      expect(code).toBe(0)
      idle.destroy()
    },
  )

  it('leaves with 0 on SIGTERM when a body never comes', async () => {
    const { child, port } = await start()
    const socket = await dial(port)
    socket.write((await buildHead(port)) + BODY.slice(0, 10))
    await fetch(`http://127.0.0.1:${port}/healthz`)
    const dripping = setInterval(() => socket.write(' '), 2000)
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    clearInterval(dripping)
    socket.destroy()
    expect(code).toBe(0)
  }, 20_000)

  it('gives a body fifteen seconds, and says so', async () => {
    const { port } = await start()
    const socket = await dial(port)
    const started = performance.now()
    socket.write((await buildHead(port)) + BODY.slice(0, 10))
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(String(head)).toMatch(/^HTTP\/1\.1 408 [\s\S]*BODY_TIMEOUT/)
    expect(performance.now() - started).toBeGreaterThan(14_500)
    // The rest of the body is not waited for.
    await once(socket, 'close')
    expect(performance.now() - started).toBeLessThan(25_000)
  }, 40_000)

  it('limits requests of an address when the setting names where it stands', async () => {
    const { port } = await start({ UPCALL_CLIENT_ADDRESS: 'socket', UPCALL_RATE_ADDRESS: '2' })
    const ask = async () => {
      const url = `http://127.0.0.1:${port}/uploads`
      return (await fetch(url, { method: 'POST', headers: { 'x-forwarded-for': '1.2.3.4' } }))
        .status
    }
    expect([await ask(), await ask(), await ask()]).toEqual([401, 401, 429])
  })

  it('cuts a body that is too long, in chunks too', async () => {
    const { port } = await start()
    const socket = await dial(port)
    const head = (await buildHead(port)).replace(
      /content-length: \d+/,
      'transfer-encoding: chunked',
    )
    socket.write(head)
    for (let at = 0; at < 5; at += 1) socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`)
    socket.write('0\r\n\r\n')
    const [response] = (await once(socket, 'data')) as [Buffer]
    expect(String(response)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('without settings says which, and leaves with 1', async () => {
    const child = open({ UPCALL_SECRET: 'PLANTED-short' })
    const [said, [code]] = await Promise.all([
      text(child.stderr as NodeJS.ReadableStream),
      once(child, 'exit'),
    ])
    expect(code).toBe(1)
    expect(said).toMatch(/OSS_BUCKET is missing/)
    expect(said).toMatch(/UPCALL_SECRET is shorter than 32 bytes/)
    for (const secret of ['PLANTED', ...PLANTED]) expect(said).not.toContain(secret)
    expect(said).not.toMatch(/^\s+at /m)
  })
})
