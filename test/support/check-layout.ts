/**
 * Checks source files against a layout: who imports whom, what stands in them, how long they are. Takes the root, so that
 * it runs on broken copies too.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Import, readSources, removeComments, type SourceFile } from './imports.ts'
import { LAYOUT, type Layout, MODULES_OF_ONE_FILE, NEIGHBOURS } from './layout.ts'

export type Rule =
  | 'unknown-module'
  | 'import'
  | 'stale'
  | 'module-circle'
  | 'circle'
  | 'neighbours'
  | 'computed-import'
  | 'length'
  | 'reason'
  | 'purity'
  | 'platform'
  | 'types'
  | 'mirror'

export interface Violation {
  rule: Rule
  /** File, or row of the layout. */
  where: string
  what: string
}

const FOLDERS = ['src', 'client']
const MAX_LINES = 300
const MAX_LINES_WITHOUT_REASON = 200

interface Row {
  path: string
  /** As it is written in the layout. */
  permission: string
}

function isFile(path: string): boolean {
  return /\.(ts|tsx|vue)$/.test(path)
}

/** The module of a file: its own row where it is a module by itself, else the nearest folder with a row. */
export function findModule(path: string, layout: Layout = LAYOUT): string | undefined {
  if (MODULES_OF_ONE_FILE.includes(path)) return path
  let folder = dirname(path)
  while (folder !== '.') {
    if (layout[`${folder}/`]) return `${folder}/`
    folder = dirname(folder)
  }
  return undefined
}

function listPermissions(path: string, layout: Layout): Row[] {
  const module = findModule(path, layout)
  return [...new Set([module, path])].flatMap((row) =>
    (row === undefined ? [] : (layout[row] ?? [])).map((permission) => ({
      path: row ?? '',
      permission,
    })),
  )
}

function allows(permission: string, { target, typeOnly }: Import, layout: Layout): boolean {
  const name = permission.replace(/^type /, '')
  if (name !== permission && !typeOnly) return false
  if (name === 'node:*') return target.startsWith('node:')
  if (name.endsWith('/**')) return target.startsWith(name.slice(0, -2))
  if (name.endsWith('/')) return findModule(target, layout) === name
  return target === name || (!isFile(name) && target.startsWith(`${name}/`))
}

function* checkImports(sources: readonly SourceFile[], layout: Layout): Generator<Violation> {
  const used = new Set<string>()
  const rows = new Set<string>()
  for (const { path, imports } of sources) {
    const module = findModule(path, layout)
    if (module === undefined) {
      yield { rule: 'unknown-module', where: path, what: 'no row of the layout contains it' }
      continue
    }
    rows.add(module).add(path)
    const permissions = listPermissions(path, layout)
    for (const imported of imports) {
      if (findModule(imported.target, layout) === module) continue
      const granted = permissions.filter(({ permission }) => allows(permission, imported, layout))
      for (const row of granted) used.add(`${row.path} ${row.permission}`)
      if (granted.length === 0) {
        const what = `imports ${imported.typeOnly ? 'type ' : ''}${imported.target}`
        yield { rule: 'import', where: path, what }
      }
    }
  }
  for (const [where, permissions] of Object.entries(layout)) {
    if (!rows.has(where)) yield { rule: 'stale', where, what: 'there is no such file or folder' }
    for (const permission of permissions) {
      if (!used.has(`${where} ${permission}`)) {
        yield { rule: 'stale', where, what: `nothing uses the permission ${permission}` }
      }
    }
  }
}

/** A path that comes back to where it began, for each group of nodes that reach each other. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>()
  const circles: string[][] = []
  function visit(node: string, way: readonly string[]): void {
    const start = way.indexOf(node)
    if (start >= 0) circles.push([...way.slice(start), node])
    if (start >= 0 || done.has(node)) return
    for (const next of graph.get(node) ?? []) visit(next, [...way, node])
    done.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return circles
}

function* checkCircles(sources: readonly SourceFile[], layout: Layout): Generator<Violation> {
  const files = new Map(
    sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]),
  )
  for (const circle of findCircles(files)) {
    yield { rule: 'circle', where: circle[0] ?? '', what: circle.join(' → ') }
  }
  const modules = new Map<string, string[]>()
  for (const { path, imports } of sources) {
    const module = findModule(path, layout) ?? path
    const targets = imports.flatMap(({ target }) => findModule(target, layout) ?? [])
    const others = targets.filter((target) => target !== module)
    modules.set(module, [...new Set([...(modules.get(module) ?? []), ...others])])
  }
  for (const circle of findCircles(modules)) {
    yield { rule: 'module-circle', where: circle[0] ?? '', what: circle.join(' → ') }
  }
}

function* checkNeighbours(sources: readonly SourceFile[]): Generator<Violation> {
  for (const { listedIn, names } of NEIGHBOURS) {
    const list = sources.find(({ path }) => path === listedIn)
    const neighbours = new Set(
      (list?.imports ?? [])
        .filter(({ target, typeOnly }) => dirname(target) === dirname(listedIn) && !typeOnly)
        .filter((imported) => imported.names.some((name) => names.test(name)))
        .map(({ target }) => target),
    )
    if (neighbours.size === 0) {
      yield { rule: 'neighbours', where: listedIn, what: 'lists no files that serve requests' }
    }
    for (const { path, imports } of sources.filter(({ path }) => neighbours.has(path))) {
      for (const { target } of imports.filter(({ target }) => neighbours.has(target))) {
        yield { rule: 'neighbours', where: path, what: `imports its neighbour ${target}` }
      }
    }
  }
}

function* checkLength({ path, text, lines }: SourceFile): Generator<Violation> {
  if (lines > MAX_LINES) yield { rule: 'length', where: path, what: `has ${lines} lines` }
  const [header = ''] = /^(?:#!.*\n)?\/\*\*.*?\*\//s.exec(text) ?? []
  if (lines > MAX_LINES_WITHOUT_REASON && !/Over 200 lines\b[:,]? \S/.test(unwrap(header))) {
    const what = `has ${lines} lines; its header does not say why ("Over 200 lines: …")`
    yield { rule: 'reason', where: path, what }
  }
}

function unwrap(comment: string): string {
  return comment.replace(/\s*\n \* ?/g, ' ')
}

const PURE = /^src\/(protocol|signer)\//
const IMPURE = /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\brandomUUID\b|\bfetch\(/
const ON_NODE = /^src\/(entry|dev)\/|^src\/emulator\/(node\/.*|storage\/disk-store|listen)\.ts$/
const NODE_WORDS = /\bBuffer\b|\bprocess\./
const SUPPRESSED_TYPES = /@ts-(expect-error|ignore|nocheck)/
const LOOSE_TYPES = /: any\b|\bas any\b|<any>/
/** Imports a module that the person at the terminal names. */
const IMPORTS_NAMED = 'src/entry/doctor/own-parts.ts'
const COMPUTED_IMPORT = /\bimport\((?!\s*['"])[^)]*\)?/

function* checkWords({ path, text }: SourceFile): Generator<Violation> {
  const code = removeComments(text)
  const find = (pattern: RegExp, where = code) => pattern.exec(where)?.[0]
  const impure = PURE.test(path) ? find(IMPURE) : undefined
  if (impure) yield { rule: 'purity', where: path, what: `says ${impure}` }
  const platform = ON_NODE.test(path) ? undefined : find(NODE_WORDS)
  if (platform) yield { rule: 'platform', where: path, what: `says ${platform}` }
  const loose = find(SUPPRESSED_TYPES, text) ?? find(LOOSE_TYPES)
  if (loose) yield { rule: 'types', where: path, what: `says ${loose}` }
  const computed = path === IMPORTS_NAMED ? undefined : find(COMPUTED_IMPORT)
  if (computed) yield { rule: 'computed-import', where: path, what: `says ${computed}` }
}

/** Only types, texts, or re-exports; what runs in `entry`, `dev` and the demo has tests by what it does. */
const WITHOUT_MIRROR =
  /\/(index|session-owner|errors|deps|ticket|options|model|limits|api\/(bodies|types)|delivery\/(outbox|store))\.ts$|^client\/(demo|examples|element\/languages)\/|^src\/(entry|dev)\//

function* checkMirror({ path }: SourceFile, root: string): Generator<Violation> {
  if (WITHOUT_MIRROR.test(path)) return
  const mirror = `test/${path.replace(/^src\//, '').replace(/\.ts$/, '')}`
  const found = ['', '.node', '.workerd'].some((kind) =>
    existsSync(join(root, `${mirror}${kind}.test.ts`)),
  )
  if (!found) yield { rule: 'mirror', where: path, what: `has no ${mirror}.test.ts` }
}

/** Everything that breaks the layout below `root`; nothing when all is well. */
export function checkLayout(root: string, layout: Layout = LAYOUT): Violation[] {
  const sources = readSources(root, FOLDERS)
  return [
    ...checkImports(sources, layout),
    ...checkCircles(sources, layout),
    ...checkNeighbours(sources),
    ...sources.flatMap((source) => [
      ...checkLength(source),
      ...checkWords(source),
      ...checkMirror(source, root),
    ]),
  ]
}
