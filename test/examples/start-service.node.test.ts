/**
 * The second half of docs/start.md as a reader does it: its commands in a folder of their own, each in a process, with the ports
 * changed; a file chosen in Chromium arrives in the database of the Python receiver.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { chromium } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'
import { type Program, startProgram } from '../runtimes/programs.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { findEngine } from '../support/engine-process.ts'
import { listCodeBlocks } from '../support/markdown.ts'

const PROGRAM = 'docs/examples/start/page.mjs'
const START_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'upcall-start-'))
const programs: Program[] = []
let page = ''
let ports: Record<string, number> = {}

/** The block of the page that has this text, each line a command; `\` continues one. */
function findCommands(part: string): string[] {
  const block = listCodeBlocks('docs/start.md').find(
    ({ code, language }) => language === 'sh' && code.includes(part),
  )
  const ported = Object.entries(ports).reduce(
    (text, [from, to]) => text.replaceAll(from, String(to)),
    block?.code ?? '',
  )
  return ported
    .replaceAll('\\\n', '')
    .trim()
    .split('\n')
    .map((line) => line.replace('npx upcall', 'node cli.mjs'))
}

const env = () => ({
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  PORT: String(ports['8787']),
  PAGE_PORT: String(ports['3000']),
})

/** Until something responds at this port of the page. */
async function start(command: string, port: string): Promise<void> {
  programs.push(
    await startProgram(
      { command: 'sh', args: ['-c', `exec ${command}`], cwd: folder, env: env() },
      `http://127.0.0.1:${ports[port]}/`,
      { timeoutMs: START_MS },
    ),
  )
}

beforeAll(async () => {
  const python = findEngine(['python3'], ['python3'])
  for (const port of ['9000', '8787', '3000', '5000'])
    ports = { ...ports, [port]: await findPort() }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  symlinkSync(resolve('dist/src/entry/cli.js'), join(folder, 'cli.mjs'))
  cpSync(PROGRAM, join(folder, 'page.mjs'))
  cpSync('docs/webhook/receiver.py', join(folder, 'receiver.py'))
  const [, emulator = ''] = findCommands('upcall emulator')
  const [init = '', serve = ''] = findCommands('--no-doctor')
  const [receiver = ''] = findCommands('receiver.py')
  const [own = ''] = findCommands('page.mjs')
  await start(emulator, '9000')
  execFileSync('sh', ['-c', init], { cwd: folder, env: env(), stdio: 'pipe' })
  await Promise.all([
    start(serve, '8787'),
    start(`env ${receiver.replace('python3', python)}`, '5000'),
    start(own, '3000'),
  ])
  page = `http://127.0.0.1:${ports['3000']}/`
}, START_MS)

afterAll(async () => {
  for (const { stop } of programs) await stop()
  rmSync(folder, { recursive: true, force: true })
})

it('is what the page shows', () => {
  for (const path of ['docs/start.md', 'docs/zh-CN/start.md']) {
    const shown = listCodeBlocks(path).filter(({ language }) => language === 'js')
    expect(shown.map(({ code }) => code).at(-1)).toBe(readFileSync(PROGRAM, 'utf8'))
  }
})

it('brings a file to a backend in Python, and its response to the page', {
  timeout: START_MS,
}, async () => {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
  try {
    const tab = await browser.newPage()
    await tab.goto(page)
    const file = { name: '合同.txt', mimeType: 'text/plain', buffer: Buffer.from('内容') }
    await tab.locator('input').setInputFiles(file)
    await expect
      .poll(() => tab.locator('output').textContent(), { timeout: 15_000 })
      .toMatch(/^Your server said: {"url":"\/files\/[\w-]{22}"}$/)
    const database = new DatabaseSync(join(folder, 'uploads.db'))
    expect(database.prepare('SELECT owner, name FROM files').all()).toEqual([
      { owner: 'user-1', name: '合同.txt' },
    ])
    database.close()
  } finally {
    await browser.close()
  }
})
