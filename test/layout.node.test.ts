/**
 * The layout, checked: what may import what (test/support/layout.ts), no circles, what lower layers never say. Each rule
 * also runs on copies of the source that break it.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLayout, findModule, type Rule, type Violation } from './support/check-layout.ts'
import { parseImports } from './support/imports.ts'
import { LAYOUT, type Layout } from './support/layout.ts'

function list(violations: readonly Violation[], ...rules: readonly Rule[]): string[] {
  return violations
    .filter(({ rule }) => rules.includes(rule))
    .map(({ where, what }) => `${where} ${what}`)
}

describe('the layout', () => {
  let violations: Violation[] = []
  beforeAll(() => {
    violations = checkLayout('.')
  })

  it.each(Object.keys(LAYOUT))(
    '%s imports only what the layout allows, and all that it allows',
    (row) => {
      const own = violations.filter(({ where }) => where === row || findModule(where) === row)
      expect(list(own, 'import', 'unknown-module', 'stale')).toEqual([])
    },
  )

  it('has no file without a module', () => {
    expect(list(violations, 'unknown-module')).toEqual([])
  })

  it('has no circle of imports, types included', () => {
    expect(list(violations, 'circle', 'module-circle')).toEqual([])
  })

  it('has no operation that imports another, and no route that imports another', () => {
    expect(list(violations, 'neighbours')).toEqual([])
  })

  it('has no file over 300 lines', () => {
    expect(list(violations, 'length')).toEqual([])
  })

  it('has no file over 200 lines whose header does not say why', () => {
    expect(list(violations, 'reason')).toEqual([])
  })

  it('keeps clock, chance and network out of protocol and signer', () => {
    expect(list(violations, 'purity')).toEqual([])
  })

  it('keeps Buffer and process in the entry points and where the emulator needs Node', () => {
    expect(list(violations, 'platform')).toEqual([])
  })

  it('writes down no impossible state', () => {
    expect(list(violations, 'types')).toEqual([])
  })

  it('imports nothing by a computed name', () => {
    expect(list(violations, 'computed-import')).toEqual([])
  })

  it('mirrors every file with behaviour', () => {
    expect(list(violations, 'mirror')).toEqual([])
  })
})

describe('a broken copy', () => {
  let folder = ''
  let before: Violation[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layout-'))
    for (const part of ['src', 'client', 'test'])
      cpSync(part, join(folder, part), { recursive: true })
    before = checkLayout(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Changes one file for the time of one check. @returns what the change added */
  function check(
    path: string,
    change: (text: string) => string,
    layout: Layout = LAYOUT,
  ): Violation[] {
    const file = join(folder, path)
    const text = readFileSync(file, 'utf8')
    const broken = change(text)
    writeFileSync(file, broken)
    try {
      const known = new Set(before.map((violation) => JSON.stringify(violation)))
      return checkLayout(folder, layout).filter(
        (violation) => !known.has(JSON.stringify(violation)),
      )
    } finally {
      writeFileSync(file, text)
    }
  }

  const addLine = (line: string) => (text: string) => `${text}${line}\n`

  it('is the same as the original until it is broken', () => {
    expect(before).toEqual(checkLayout('.'))
    expect(check('src/protocol/time.ts', (text) => text)).toEqual([])
  })

  it.each([
    ['src/protocol/time.ts', '../signer/errors.ts', 'src/signer/errors.ts'],
    ['src/signer/ticket.ts', '../service/errors.ts', 'src/service/errors.ts'],
    ['src/service/delivery/outbox.ts', '../ids.ts', 'src/service/ids.ts'],
    ['src/emulator/http/target.ts', '../storage/bucket.ts', 'src/emulator/storage/bucket.ts'],
    ['src/emulator/storage/catalog.ts', '../callback/parse.ts', 'src/emulator/callback/parse.ts'],
    ['src/emulator/auth/check-v4.ts', '../../protocol/sign-v4.ts', 'src/protocol/sign-v4.ts'],
    ['client/http/retry.ts', '../upload/queue.ts', 'client/upload/queue.ts'],
    ['client/upload/queue.ts', '../../src/signer/profile.ts', 'src/signer/profile.ts'],
    ['src/entry/config.ts', '../dev/build-client.ts', 'src/dev/build-client.ts'],
  ])('is caught when %s imports %s', (path, specifier, target) => {
    for (const [keyword, word] of [
      ['import', ''],
      ['import type', 'type '],
      ['export', ''],
    ]) {
      const found = check(path, addLine(`${keyword} { x } from '${specifier}'`))
      expect(list(found, 'import')).toEqual([`${path} imports ${word}${target}`])
    }
    const lazy = check(path, addLine(`const later = () => import('${specifier}')`))
    expect(list(lazy, 'import')).toEqual([`${path} imports ${target}`])
  })

  it.each([
    ['src/protocol/canonical.ts', 'node:crypto'],
    ['src/signer/profile.ts', 'valibot'],
    ['src/service/app.ts', 'node:fs'],
    ['src/emulator/http/reply.ts', 'hono/utils/http-status'],
    ['client/http/run.ts', 'hono'],
  ])('is caught when %s imports the package %s', (path, name) => {
    const found = check(path, addLine(`import { x } from '${name}'`))
    expect(list(found, 'import')).toEqual([`${path} imports ${name}`])
  })

  it('is caught when a permission for types is used for a value', () => {
    const found = check('client/http/run.ts', addLine(`import { x } from '../options.ts'`))
    expect(list(found, 'import')).toEqual(['client/http/run.ts imports client/options.ts'])
  })

  it('is caught when types go round in a circle', () => {
    const text = `import type { x } from './presign-parts.ts'`
    const found = check('src/protocol/bytes.ts', addLine(text))
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ rule }) => rule === 'circle')).toBe(true)
    expect(
      found.some(({ what }) => what.includes('bytes.ts → src/protocol/presign-parts.ts')),
    ).toBe(true)
  })

  it('is caught when a file imports itself', () => {
    const found = check('src/protocol/time.ts', addLine(`import { x } from './time.ts'`))
    const circle = 'src/protocol/time.ts → src/protocol/time.ts'
    expect(list(found, 'circle')).toEqual([`src/protocol/time.ts ${circle}`])
  })

  it('is caught when modules go round in a circle, though no files do', () => {
    const layout = {
      ...LAYOUT,
      'src/signer/': [...(LAYOUT['src/signer/'] ?? []), 'src/service/'],
    }
    const line = `import type { x } from '../service/ids.ts'`
    const found = check('src/signer/media-type.ts', addLine(line), layout)
    expect(list(found, 'import', 'circle', 'stale')).toEqual([])
    expect(list(found, 'module-circle').length).toBeGreaterThan(0)
  })

  it.each([
    ['src/emulator/operations/put-object.ts', 'src/emulator/operations/get-object.ts'],
    ['src/service/callback.ts', 'src/service/uploads.ts'],
  ])('is caught when %s imports its neighbour %s', (path, neighbour) => {
    const line = `import type { x } from './${neighbour.slice(dirname(path).length + 1)}'`
    const found = check(path, addLine(line))
    expect(list(found, 'neighbours')).toEqual([`${path} imports its neighbour ${neighbour}`])
  })

  it.each([
    ['src/emulator/http/xml.ts', /^import .*'@rgrove\/parse-xml'$/m, '@rgrove/parse-xml'],
    ['client/uppy.ts', /^import type .*'@uppy\/core'$/m, 'type @uppy/core'],
  ])('is caught when %s no longer imports what its row allows', (path, line, permission) => {
    const found = check(path, (text) => text.replace(line, ''))
    expect(list(found, 'stale')).toEqual([`${path} nothing uses the permission ${permission}`])
  })

  it('is caught when a module may import another that it never imports', () => {
    const layout = { ...LAYOUT, 'src/webhook/': [...(LAYOUT['src/webhook/'] ?? []), 'hono'] }
    const found = check('src/webhook/index.ts', (text) => text, layout)
    expect(list(found, 'stale')).toEqual(['src/webhook/ nothing uses the permission hono'])
  })

  it('is caught when a row of the layout has no file', () => {
    const layout = { ...LAYOUT, 'src/protocol/gone.ts': [] }
    const found = check('src/webhook/index.ts', (text) => text, layout)
    expect(list(found, 'stale')).toEqual(['src/protocol/gone.ts there is no such file or folder'])
  })

  it('is caught when a file grows', () => {
    const path = 'src/protocol/time.ts'
    const grow = (lines: number, header: string) => () =>
      `${header}\n${'export const x = 1\n'.repeat(lines - header.split('\n').length)}`
    const reason = '/**\n * Times. Over 200\n * lines: all of them are needed.\n */'

    expect(list(check(path, grow(200, '/** Times. */')), 'reason', 'length')).toEqual([])
    expect(list(check(path, grow(201, '/** Times. */')), 'reason')).toHaveLength(1)
    expect(list(check(path, grow(201, '/** Times. Over 200 lines. */')), 'reason')).toHaveLength(1)
    expect(list(check(path, grow(300, reason)), 'reason', 'length')).toEqual([])
    expect(list(check(path, grow(301, reason)), 'length')).toEqual([`${path} has 301 lines`])
  })

  it.each<[Rule, string, string]>([
    ['purity', 'src/protocol/time.ts', 'const now = Date.now()'],
    ['platform', 'src/service/ids.ts', 'const text = Buffer.from([])'],
    ['types', 'src/service/ids.ts', 'const x = {} as any'],
    ['types', 'client/http/run.ts', '// @ts-expect-error'],
    ['computed-import', 'src/entry/config.ts', 'const x = await import(name)'],
  ])('is caught (%s) when %s says: %s', (rule, path, line) => {
    expect(list(check(path, addLine(line)), rule)).toHaveLength(1)
  })

  it('is caught when a file has no test, or no module', () => {
    const file = join(folder, 'src/signer/new-rule.ts')
    const outside = join(folder, 'src/new-module')
    writeFileSync(file, 'export const x = 1\n')
    cpSync(file, join(outside, 'x.ts'))
    try {
      const found = check('src/webhook/index.ts', (text) => text)
      expect(list(found, 'mirror')).toContain(
        'src/signer/new-rule.ts has no test/signer/new-rule.test.ts',
      )
    } finally {
      rmSync(file)
      rmSync(outside, { recursive: true })
    }
  })
})

describe('parseImports', () => {
  it('reads every form of import', () => {
    const text = [
      `import { a, type B, c as d } from './a.ts'`,
      `import type { E } from '../e.ts'`,
      'import {\n  f,\n  g,\n} from "./f.ts"',
      `import './side.ts'`,
      `export { h } from './h.ts'`,
      `import * as all from 'hono/cors'`,
      `const lazy = () => import('./lazy.ts')`,
      `// The next line counts.`,
      `import i from 'i'`,
      `// import { no } from './comment.ts'`,
      ` * import { no } from './example.ts'`,
      '/*\nimport { no } from "./block.ts"\n*/',
    ].join('\n')
    expect(parseImports('src/x/y.ts', text)).toEqual([
      { target: 'src/x/a.ts', typeOnly: false, names: ['a', 'B', 'c'] },
      { target: 'src/e.ts', typeOnly: true, names: ['E'] },
      { target: 'src/x/f.ts', typeOnly: false, names: ['f', 'g'] },
      { target: 'src/x/side.ts', typeOnly: false, names: [] },
      { target: 'src/x/h.ts', typeOnly: false, names: ['h'] },
      { target: 'hono/cors', typeOnly: false, names: [] },
      { target: 'src/x/lazy.ts', typeOnly: false, names: [] },
      { target: 'i', typeOnly: false, names: [] },
    ])
  })
})
