/**
 * `npm run bench:network`: every contender with every load on every line, about 35 minutes; it writes test/bench/network.md.
 * `--lines home,far`, `--loads text,video`, `--contenders upcall,fetch` choose; then nothing is written. `--seconds 4`: loads of
 * at most 4 s of the line.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBackend } from './backend.ts'
import { CONDITIONS, planLoads } from './conditions.ts'
import { CONTENDER_NAMES } from './contender-names.ts'
import { type Cell, launchBrowser, measureCell } from './measure.ts'
import { buildPicture, buildReport, type Row } from './report.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    lines: text,
    loads: text,
    contenders: text,
    seconds: { type: 'string', default: '12' },
  },
})
const isChosen = (list: string | undefined, name: string) => !list || list.split(',').includes(name)
const isWhole = !values.lines && !values.loads && !values.contenders

const backend = await createBackend()
const folder = mkdtempSync(join(tmpdir(), 'upcall-network-files-'))
const browser = await launchBrowser()
const load = loadavg()[0] ?? 0
const rows: Row[] = []
try {
  for (const condition of CONDITIONS.filter(({ name }) => isChosen(values.lines, name))) {
    const loads = planLoads(condition, Number(values.seconds))
    for (const one of loads.filter(({ name }) => isChosen(values.loads, name))) {
      const cells: Record<string, Cell> = {}
      for (const contender of CONTENDER_NAMES.filter((name) => isChosen(values.contenders, name))) {
        const cell = await measureCell({
          browser,
          backend,
          folder,
          contender,
          load: one,
          condition,
        })
        cells[contender] = cell
        const { ratio, ms, bytesRatio, requests, calls, error = '' } = cell
        console.log(
          `${condition.name}, ${one.name}, ${one.files} × ${one.bytes} bytes: ${contender} ${ratio.toFixed(2)} (${Math.round(ms)} ms), bytes ${bytesRatio.toFixed(3)}, requests ${requests}, calls ${calls} ${error}`,
        )
      }
      rows.push({ condition, load: one, cells })
    }
  }
} finally {
  await browser.close()
  await backend.close()
  rmSync(folder, { recursive: true, force: true })
}
if (isWhole) {
  const seconds = values.seconds === '12' ? '' : ` -- --seconds ${values.seconds}`
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? '',
    cores: cpus().length,
    load,
    command: `npm run bench:network${seconds}`,
  }
  writeFileSync('test/bench/network.md', buildReport(rows, machine))
  writeFileSync('test/bench/network.svg', buildPicture(rows))
  console.log('Written: test/bench/network.md, test/bench/network.svg')
}
