/**
 * `npm run docs:build`: the site of `docs`, in dist/docs-site/site; fails when a link of it leads nowhere, or when a
 * page has what makes it slow on phones.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrokenLinks } from './check-site.ts'
import { findHeavyPages } from './check-weight.ts'
import { buildSitePages } from './site-pages.ts'

const FOLDER = 'dist/docs-site'
const SITE = `${FOLDER}/site`
const CONFIG = fileURLToPath(new URL('site-config.ts', import.meta.url))
const STYLE = fileURLToPath(new URL('theme/style.css', import.meta.url))

function write(path: string, text: string): void {
  const file = join(FOLDER, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

rmSync(FOLDER, { recursive: true, force: true })
const pages = buildSitePages()
for (const [path, text] of pages) write(path, text)
write(
  '.vitepress/config.mjs',
  `import { siteConfig } from ${JSON.stringify(CONFIG)}\nexport default siteConfig\n`,
)
// VitePress's own theme without its web font: the reader's own fonts need no download, and the page is laid out once.
write(
  '.vitepress/theme/index.mjs',
  "import theme from 'vitepress/theme-without-fonts'\nimport './style.css'\nexport default theme\n",
)
cpSync(STYLE, join(FOLDER, '.vitepress/theme/style.css'))
const command = ['node_modules/vitepress/bin/vitepress.js', 'build', FOLDER, '--outDir', SITE]
execFileSync(process.execPath, command, { stdio: 'inherit' })
// site-config.ts takes its link from the pages.
if (statSync(`${SITE}/vp-icons.css`).size > 0) throw new Error('vp-icons.css is in use: link it')
const broken = findBrokenLinks(SITE)
const heavy = findHeavyPages(SITE)
if (broken.length > 0) console.error(`Links that lead nowhere:\n${broken.join('\n')}`)
if (heavy.length > 0) console.error(`Slow on phones:\n${heavy.join('\n')}`)
if (broken.length + heavy.length > 0) {
  process.exitCode = 1
} else {
  console.log(`${SITE}: every link leads somewhere. Look at it: npx vitepress serve ${FOLDER}`)
}
