/**
 * `npm run lighthouse`: Lighthouse on the demo page and on the site of docs, mobile and desktop, with its simulated network and
 * processor. Fails when the median of a page's runs is under 95 in a category. A run of all pages writes test/lighthouse/results.md;
 * names such as `home demo-zh` run these alone, and `--runs 1` is quicker. All take some twenty minutes, on a machine that does
 * nothing else: Lighthouse measures the time that tasks take, and what they wait for others counts.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findChromium } from '../support/chromium.ts'
import { createDevPages } from '../support/dev-page.ts'
import { measure } from './measure.ts'
import { FORM_FACTORS, LEAST_SCORE, PAGES } from './pages.ts'
import { serveSite } from './serve-site.ts'
import { buildRow, isGood, printScores, type Row } from './table.ts'

const SITE = 'dist/docs-site/site'
const HERE = 'test/lighthouse'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' } },
})
const runs = Number(values.runs)
const unknown = positionals.filter((name) => !PAGES.some((page) => page.name === name))
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  console.error(
    `Usage: npm run lighthouse -- [--runs 3] [${PAGES.map(({ name }) => name).join('|')} …]`,
  )
  process.exit(2)
}
const chosen = PAGES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

// Otherwise what was started would go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

// Lighthouse has some hundred packages: by a lock file of its own, so that `npm ci` of the project stays quick.
const folder = mkdtempSync(join(tmpdir(), 'upcall-lighthouse-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const name of ['package.json', 'package-lock.json'])
  cpSync(join(HERE, name), join(folder, name))
execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
  ...{ cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
})
if (!existsSync(`${SITE}/index.html`)) throw new Error('There is no site: npm run docs:build')

const chromium = await findChromium()
const docs = await serveSite(SITE)
const demo = await createDevPages()
const rows: Row[] = []
try {
  for (const { name, site, path } of chosen) {
    const url = (site === 'demo' ? demo.origin : docs.origin) + path
    for (const formFactor of FORM_FACTORS) {
      const results = []
      for (let at = 0; at < runs; at++)
        results.push(await measure(url, formFactor, { folder, chromium }))
      const row = buildRow(name, formFactor, results)
      rows.push(row)
      console.log(
        `${isGood(row) ? 'ok     ' : 'FAILED '} ${name}, ${formFactor}: ${Object.values(row.scores).join(' · ')}`,
      )
      for (const loss of row.losses) console.log(`          ${loss}`)
    }
  }
} finally {
  docs.close()
  await demo.close()
}

const head = `Performance, accessibility, best practices and SEO by Lighthouse; ${runs === 1 ? 'one run' : `the median of ${runs} runs`} with its simulated network and
processor (mobile: slow 4G and a processor of a quarter of the speed). Goal: ${LEAST_SCORE} in all. Written by \`npm run lighthouse\` on
${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}.`
const table = printScores(rows)
console.log(`\n${table}`)
if (chosen.length === PAGES.length)
  writeFileSync(`${HERE}/results.md`, `# Lighthouse\n\n${head}\n\n${table}\n`)
if (!rows.every(isGood)) process.exitCode = 1
