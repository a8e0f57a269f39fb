/** `npm run docs:build`: the site of `docs`, in dist/docs-site/site; fails when a link of it leads nowhere. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrokenLinks } from './check-site.ts'
import { buildSitePages } from './site-pages.ts'

const FOLDER = 'dist/docs-site'
const SITE = `${FOLDER}/site`
const CONFIG = fileURLToPath(new URL('site-config.ts', import.meta.url))

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
write(
  '.vitepress/theme/index.mjs',
  "import theme from 'vitepress/theme'\nimport './style.css'\nexport default theme\n",
)
// VitePress's own grey for the name of a language, and its blue under white, are too light for WCAG.
write(
  '.vitepress/theme/style.css',
  ':root { --vp-code-lang-color: var(--vp-c-text-2); --vp-button-brand-bg: #3451b2; --vp-button-brand-hover-bg: #2f479e; }\n',
)
const command = ['node_modules/vitepress/bin/vitepress.js', 'build', FOLDER, '--outDir', SITE]
execFileSync(process.execPath, command, { stdio: 'inherit' })
const broken = findBrokenLinks(SITE)
if (broken.length > 0) {
  console.error(`Links that lead nowhere:\n${broken.join('\n')}`)
  process.exitCode = 1
} else {
  console.log(`${SITE}: every link leads somewhere. Look at it: npx vitepress serve ${FOLDER}`)
}
