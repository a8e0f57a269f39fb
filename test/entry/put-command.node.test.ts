import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createProgressPrinter, createRetryPrinter } from '../../src/entry/put-command.ts'
import { OssError } from '../../src/oss/errors.ts'
import { COMPILE_CACHE } from '../support/compile-cache.ts'

function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...COMPILE_CACHE, PATH: process.env.PATH ?? '', ...env } }
    execFile(
      process.execPath,
      ['src/entry/cli.ts', 'put', ...args],
      options,
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe('the progress of upcall put', () => {
  it('is a bar on a terminal', () => {
    let text = ''
    const print = createProgressPrinter((more) => {
      text += more
    }, true)
    print({ loaded: 50, total: 100 })
    print({ loaded: 100, total: 100 })
    expect(text).toBe(`\r[${'#'.repeat(15)}${' '.repeat(15)}] 50 %\r[${'#'.repeat(30)}] 100 %\n`)
  })

  it('is a line for each tenth elsewhere', () => {
    const lines: string[] = []
    const print = createProgressPrinter((text) => lines.push(text), false)
    for (let loaded = 0; loaded <= 1000; loaded += 1) print({ loaded, total: 1000 })
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)).toBe('100 %\n')
    print({ loaded: 0, total: 0 })
    expect(lines).toHaveLength(11)
  })
})

describe('what upcall put says of an attempt that failed', () => {
  const notice = {
    error: new OssError('OSS_UNREACHABLE', '127.0.0.1:9 did not respond.'),
    waitMs: 1640,
    retry: 1,
    maxRetries: 5,
  }

  it.each([
    [false, ''],
    [true, '\r\x1b[K'],
  ])('is a line of its own, on a terminal (%s) over the bar', (isTerminal, start) => {
    const lines: string[] = []
    createRetryPrinter((text) => lines.push(text), isTerminal)(notice)
    expect(lines).toEqual([
      `${start}127.0.0.1:9 did not respond. Trying again in 1.6 s (1 of 5).\n`,
    ])
  })

  /** The service fails once, for a passing reason, then for good. */
  async function runTwice(...more: string[]) {
    let calls = 0
    const server = createServer((_request, response) => {
      calls += 1
      const error = { code: 'BUSY', message: 'Words.', retryable: calls === 1, requestId: 'r' }
      response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      return await run(['package.json', '--profile', 'p', '--endpoint', endpoint, ...more], {
        UPCALL_TOKEN: 'PLANTED',
      })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it('is on the standard error, without the token; the standard output has none of it', async () => {
    const { code, stdout, stderr } = await runTwice()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^The upload service refused \(BUSY\)\. Words\. Trying again in \d\.\d s \(1 of 5\)\.\n/,
    )
    expect(stderr.match(/Trying again/g)).toHaveLength(1)
    expect(stderr).not.toContain('PLANTED')
  })

  it('is nothing with --quiet', async () => {
    const { code, stderr } = await runTwice('--quiet')
    expect(code).toBe(1)
    expect(stderr).toContain('BUSY')
    expect(stderr).not.toContain('Trying again')
  })
})

describe('upcall put', () => {
  it.each([
    [[], {}, 'put wants one file'],
    [['package.json'], {}, '--profile is missing'],
    [['package.json', '--profile', 'p'], {}, '--endpoint is missing'],
    [
      ['package.json', '--profile', 'p', '--endpoint', 'http://127.0.0.1:9'],
      {},
      'UPCALL_TOKEN is missing',
    ],
    [
      ['package.json', '--profile', 'p', '--endpoint', 'http://127.0.0.1:9', '--var', '=x'],
      { UPCALL_TOKEN: 'PLANTED' },
      '--var wants',
    ],
    [
      ['package.json', '--profile', 'p', '--endpoint', 'ftp://127.0.0.1'],
      { UPCALL_TOKEN: 'PLANTED' },
      '--endpoint wants an address',
    ],
    [
      ['没有.json', '--profile', 'p', '--endpoint', 'http://127.0.0.1:9'],
      { UPCALL_TOKEN: 'PLANTED' },
      'There is no file 没有.json',
    ],
    [
      ['src', '--profile', 'p', '--endpoint', 'http://127.0.0.1:9'],
      { UPCALL_TOKEN: 'PLANTED' },
      'src is no file',
    ],
  ])('%j says what is missing', async (args, env, words) => {
    const { code, stdout, stderr } = await run(args, env)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('PLANTED')
  })
})
