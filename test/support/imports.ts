/**
 * The source files of a folder, and what each imports. Read by pattern: TypeScript 7 has no parser for programs yet, and
 * bundlers drop imports of types, which count here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Import {
  /** Path from the root for files, e.g. `src/protocol/bytes.ts`; a specifier for packages, e.g. `hono/cors`. */
  target: string
  typeOnly: boolean
  /** Imported names, as they are called in the other module. */
  names: readonly string[]
}

export interface SourceFile {
  /** Path from the root, with `/`. */
  path: string
  text: string
  lines: number
  imports: readonly Import[]
}

const SOURCE = /\.(ts|tsx|vue)$/
/** Between the keyword and `from`: `name`, `{ names }`, `* as name`, or a name before one of these. */
const CLAUSE = String.raw`(?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+)`
const IMPORT = new RegExp(
  [
    String.raw`^\s*(?:import|export)\s+(?<type>type\s+)?(?<names>${CLAUSE})\s*from\s*['"](?<from>[^'"]+)['"]`,
    String.raw`^\s*import\s*['"](?<bare>[^'"]+)['"]`,
    String.raw`\bimport\(\s*['"](?<lazy>[^'"]+)['"]`,
  ].join('|'),
  'gm',
)
const COMMENT = /\/\*.*?\*\/|^[ \t]*\/\/[^\n]*/gms

/** Comments at the start of lines, and blocks. */
export function removeComments(text: string): string {
  return text.replace(COMMENT, '')
}

function listNames(text: string): string[] {
  const [, inside = ''] = /\{([^}]*)\}/.exec(text) ?? []
  return inside
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/s, ''),
    )
    .filter((name) => name !== '')
}

/** The imports of one file, dynamic ones and re-exports included. */
export function parseImports(path: string, text: string): Import[] {
  return [...removeComments(text).matchAll(IMPORT)].map(({ groups = {} }) => {
    const specifier = groups.from ?? groups.bare ?? groups.lazy ?? ''
    return {
      target: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
      typeOnly: groups.type !== undefined,
      names: listNames(groups.names ?? ''),
    }
  })
}

/** All source files below `folders`, in the order of their paths. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => SOURCE.test(name))
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
    )
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return {
        path,
        text,
        lines: text.trimEnd().split('\n').length,
        imports: parseImports(path, text),
      }
    })
}
