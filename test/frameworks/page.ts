/** docs/frameworks.md holds each recipe as it is in docs/examples/frameworks: `node test/frameworks/page.ts` writes them into it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { APPS, type App } from './apps.ts'

export const PAGE = 'docs/frameworks.md'
export const RECIPES = 'docs/examples/frameworks'

/** As the lock file of the application says. */
function listVersions({ folder, packages }: App): string {
  const lock = JSON.parse(readFileSync(`test/frameworks/${folder}/package-lock.json`, 'utf8'))
  return packages
    .map((name) => `${name} ${lock.packages[`node_modules/${name}`].version}`)
    .join(', ')
}

function buildTable(): string {
  const rows = APPS.map((app) => `| ${app.name} | ${listVersions(app)} |`)
  return ['| Application | Packages |', '|---|---|', ...rows].join('\n')
}

export const listRecipes = (): string[] => [
  ...new Set(APPS.flatMap(({ recipe }) => Object.keys(recipe))),
]

const MARK = /<!-- (recipe|versions)(?: (\S+))? -->\n.*?<!-- end -->/gs

/** The page with the recipes and the versions as they are now. */
export function renewPage(page: string): string {
  return page.replace(MARK, (_, kind: string, path = '') => {
    const body =
      kind === 'versions'
        ? `\n${buildTable()}\n`
        : `\n\`\`\`ts\n${readFileSync(`${RECIPES}/${path}`, 'utf8')}\`\`\`\n`
    return `<!-- ${kind}${path && ` ${path}`} -->\n${body}\n<!-- end -->`
  })
}

if (import.meta.main) writeFileSync(PAGE, renewPage(readFileSync(PAGE, 'utf8')))
