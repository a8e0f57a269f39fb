/** `docs/local-oss.md` tells what the code does. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HANDLERS, SERVICE_HANDLERS } from '../../src/emulator/operations/routes.ts'

const page = readFileSync('docs/local-oss.md', 'utf8')
const operations = page.slice(page.indexOf('## Operations'), page.indexOf('| Not there |'))

describe('docs/local-oss.md', () => {
  it('lists every operation, and no other', () => {
    const listed = [...operations.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    )
    const all = [...Object.keys(HANDLERS), ...Object.keys(SERVICE_HANDLERS)]
    expect([...listed].sort()).toEqual(all.sort())
  })

  it('names only files that there are', () => {
    const paths = [...page.matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    )
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })
})
