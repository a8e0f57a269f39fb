/**
 * What the pages of docs hold of this folder and of docs/examples/frameworks, between marks: `node test/frameworks/page.ts`
 * writes it there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { APPS, type App } from './apps.ts'
import { buildLinesTable, PROGRAMS } from './count-lines.ts'

export const PAGES = ['docs/frameworks.md', 'docs/comparison.md']
export const RECIPES = 'docs/examples/frameworks'

/** As the lock file of the application says; nothing of a package that is not locked. */
function readVersion(folder: string, name: string): string {
  const lock = JSON.parse(readFileSync(`test/frameworks/${folder}/package-lock.json`, 'utf8'))
  return lock.packages[`node_modules/${name}`]?.version ?? ''
}

function buildTable(): string {
  const list = ({ folder, packages }: App) =>
    packages.map((name) => `${name} ${readVersion(folder, name)}`).join(', ')
  const rows = APPS.map((app) => `| ${app.name} | ${list(app)} |`)
  return ['| Application | Packages |', '|---|---|', ...rows].join('\n')
}

function buildCode(path: string): string {
  const language = path.endsWith('.tsx') ? 'tsx' : 'ts'
  return `\`\`\`${language}\n${readFileSync(path, 'utf8')}\`\`\``
}

export const listRecipes = (): string[] => [
  ...new Set(APPS.flatMap(({ recipe }) => Object.keys(recipe))),
]

const KINDS: Readonly<Record<string, (path: string) => string>> = {
  recipe: (path) => buildCode(`${RECIPES}/${path}`),
  program: (path) => buildCode(`${PROGRAMS}/${path}`),
  versions: buildTable,
  lines: () => buildLinesTable((name) => readVersion('lines', name)),
}

const MARK = /<!-- (recipe|program|versions|lines)(?: (\S+))? -->\n.*?<!-- end -->/gs

/** The page with everything as it is now. */
export function renewPage(page: string): string {
  return page.replace(MARK, (_, kind: string, path = '') => {
    const body = KINDS[kind]?.(path) ?? ''
    return `<!-- ${kind}${path && ` ${path}`} -->\n\n${body}\n\n<!-- end -->`
  })
}

if (import.meta.main) {
  for (const page of PAGES) writeFileSync(page, renewPage(readFileSync(page, 'utf8')))
}
