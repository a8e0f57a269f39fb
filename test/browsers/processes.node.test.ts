import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findPrograms } from './install.ts'
import { startHelper } from './processes.ts'

/** Says its group's number, and starts another process that would stay. */
const PARENT = ['-c', 'sleep 300 & echo group $$; wait']
const readGroup = (words: string) => Number(/group (\d+)/.exec(words)?.[1])
const isReady = (_: unknown, words: string) => readGroup(words) > 0

/** The living, without those who have ended and wait to be buried. */
function countGroup(group: number): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => new RegExp(`^ *${group} +[^Z]`).test(line)).length
}

const makeFolder = () => mkdtemp(join(tmpdir(), 'upcall-helper-'))

it('ends a helper and what it has started, and removes its folder', async () => {
  const folder = await makeFolder()
  const helper = await startHelper('sh', PARENT, { isReady, folder })
  const group = readGroup(helper.readWords())
  expect(countGroup(group)).toBe(2)
  await helper.stop()
  await expect.poll(() => countGroup(group)).toBe(0)
  expect(existsSync(folder)).toBe(false)
})

it('ends them too when their starter is killed', async () => {
  const folder = await makeFolder()
  const source = `
    import { startHelper } from ${JSON.stringify(fileURLToPath(new URL('processes.ts', import.meta.url)))}
    const isReady = (_, words) => words.includes('group')
    const helper = await startHelper('sh', ${JSON.stringify(PARENT)}, { isReady, folder: ${JSON.stringify(folder)} })
    console.log(helper.readWords())
    setInterval(() => {}, 1000)`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', source])
  const [words] = await once(starter.stdout, 'data')
  const group = readGroup(String(words))
  expect(countGroup(group)).toBe(2)
  starter.kill('SIGKILL')
  await expect.poll(() => countGroup(group), { timeout: 10_000 }).toBe(0)
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false)
}, 30_000)

it('repeats what a helper said that did not start', async () => {
  const isReady = () => false
  const start = startHelper('sh', ['-c', 'echo no screen >&2; exit 3'], { isReady })
  await expect(start).rejects.toThrow(/exit 3.*no screen/)
  await expect(startHelper('/no/such/program', [], { isReady })).rejects.toThrow(/ENOENT/)
})

it('gives up a helper that is never ready', async () => {
  const start = startHelper('sleep', ['300'], { isReady: () => false, timeoutMs: 100 })
  await expect(start).rejects.toThrow(/not ready after 100 ms/)
})

it('says which variable names no browser', () => {
  const before = process.env.FIREFOX_PATH
  process.env.FIREFOX_PATH = '/no/such/firefox'
  try {
    expect(() => findPrograms('firefox')).toThrow('FIREFOX_PATH names no file: /no/such/firefox')
    process.env.FIREFOX_PATH = '/bin/false'
    expect(() => findPrograms('firefox')).toThrow('Firefox at /bin/false does not start')
  } finally {
    if (before === undefined) delete process.env.FIREFOX_PATH
    else process.env.FIREFOX_PATH = before
  }
})
