import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { STRICT } from '../../../src/emulator/behavior/unconfirmed.ts'

it('every switch is read somewhere, and tried out in a test', () => {
  const readAll = (folder: string) =>
    readdirSync(folder)
      .filter((name) => !name.startsWith('unconfirmed'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('\n')
  const [source, tests] = [readAll('src/emulator'), readAll('test/emulator')]
  for (const name of Object.keys(STRICT)) {
    expect(source.includes(name), name).toBe(true)
    expect(tests.includes(name), name).toBe(true)
  }
})
