/** docs/scale.md, and the command that writes it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readWritten } from './page.ts'
import { runCommand } from './run.ts'

const SMALL = ['--uploads-per-second', '500', '--regions', '1', '--down-minutes', '2']

describe('docs/scale.md', () => {
  // `npm run model -- --write` after a new bench, new prices or a change of the model.
  it('has the results of the model as it is', { timeout: 120_000 }, () => {
    expect(readWritten()).toBe(runCommand([]).text)
  })
})

describe('runCommand', () => {
  it('gives the same results for the same seed, and others for another', () => {
    expect(runCommand(SMALL)).toEqual(runCommand(SMALL))
    expect(runCommand([...SMALL, '--seed', '2']).text).not.toBe(runCommand(SMALL).text)
  })

  it('takes prices from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'upcall-model-'))
    try {
      const file = join(folder, 'prices.json')
      const prices = JSON.parse(readFileSync('test/model/prices.json', 'utf8'))
      for (const price of Object.values<{ price: number }>(prices.prices)) price.price = 0
      writeFileSync(file, JSON.stringify(prices))
      expect(runCommand([...SMALL, '--prices', file]).text).toContain('| Together |  | **0.00** |')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('responds with JSON that has every table', () => {
    const [result, ...others] = JSON.parse(runCommand([...SMALL, '--json']).text)
    expect(others).toEqual([])
    expect(Object.keys(result)).toEqual([
      'options',
      'regions',
      'parts',
      'needs',
      'flows',
      'outages',
      'costs',
    ])
  })

  it('leaves the outage out when there is none', () => {
    const { text } = runCommand(['--uploads-per-second', '1', '--down-minutes', '0'])
    expect(text).not.toMatch(/NaN|undefined|is down for|without the application/)
  })
})

describe('the command', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['test/model/run.ts', ...args], { encoding: 'utf8' })

  it('says what is wrong with an option, and how to call it', () => {
    const { status, stderr, stdout } = run('--regions', 'two')
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^--regions must be a whole number from 1 to 200\.\nnpm run model/)
  })

  it('says so when there is no file of prices', () => {
    const { status, stderr } = run(...SMALL, '--prices', 'test/model/none.json')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^The file of prices could not be read/)
  })
})
