import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultUnconfirmed } from '../../../src/emulator/behavior/unconfirmed.ts'

it('every switch is read somewhere, and tried out in a test', () => {
  const readAll = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('unconfirmed'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('\n')
  const [source, tests] = [readAll('src/emulator'), readAll('test/emulator')]
  for (const name of Object.keys(defaultUnconfirmed)) {
    expect(source.includes(name), name).toBe(true)
    expect(tests.includes(name), name).toBe(true)
  }
})
