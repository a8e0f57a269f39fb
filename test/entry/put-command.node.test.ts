import { execFile } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createProgressPrinter } from '../../src/entry/put-command.ts'
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
