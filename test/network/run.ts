/**
 * `npm run bench:network`: every contender with every load on every line in Chromium, ours in Firefox and WebKit too, about 40
 * minutes; it writes test/bench/network.md. `--lines home,far`, `--loads text,video`, `--contenders upcall,Firefox` choose; then
 * nothing is written. `--seconds 4`: videos of at most 4 s of the line.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launchChromium } from '../browsers/chromium.ts'
import { launchFirefox } from '../browsers/firefox.ts'
import { launchWebKit } from '../browsers/webkit.ts'
import { createBackend } from './backend.ts'
import {
  CONDITIONS,
  type Condition,
  type Load,
  MAX_SECONDS,
  planLoads,
  WHOLE_VIDEO,
  WHOLE_VIDEO_LINES,
} from './conditions.ts'
import {
  CONTENDER_NAMES,
  type ContenderName,
  type EngineName,
  OTHER_ENGINES,
} from './contender-names.ts'
import { type Cell, CHROMIUM_TRUST, findMedian, measureCell } from './measure.ts'
import { buildPicture } from './picture.ts'
import { buildReport, type Row } from './report.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    lines: text,
    loads: text,
    contenders: text,
    seconds: { type: 'string', default: String(MAX_SECONDS) },
  },
})
const isChosen = (list: string | undefined, name: string) => !list || list.split(',').includes(name)
const isWhole = !values.lines && !values.loads && !values.contenders

const ROUNDS_BEFORE = 3
const WARM_UP_LOADS: readonly Load[] = [
  { name: 'text', files: 1, bytes: 3000 },
  { name: 'photos', files: 8, bytes: 300_000 },
]

const contenders = CONTENDER_NAMES.filter((name) => isChosen(values.contenders, name))
const others = OTHER_ENGINES.filter((name) => isChosen(values.contenders, name))
const load = loadavg()[0] ?? 0
const backend = await createBackend()
const folder = mkdtempSync(join(tmpdir(), 'upcall-network-files-'))
const chromium = await launchChromium(CHROMIUM_TRUST, true)
const engines = {
  Firefox: others.includes('Firefox') ? await launchFirefox(true) : undefined,
  WebKit: others.includes('WebKit') ? await launchWebKit(true) : undefined,
}
const rows: Row[] = []
const wholeRows: Row[] = []

function isOtherEngine(name: ContenderName | EngineName): name is EngineName {
  return OTHER_ENGINES.some((engine) => engine === name)
}

/** In Chromium, or ours in another engine. */
async function measure(
  name: ContenderName | EngineName,
  load: Load,
  condition: Condition,
): Promise<Cell> {
  const [engine, contender] = isOtherEngine(name)
    ? ([engines[name] ?? chromium, 'upcall'] as const)
    : ([chromium, name] as const)
  return measureCell({ engine, backend, folder, contender, load, condition })
}

function print({ name }: Condition, load: Load, contender: string, cell: Cell): void {
  const { ratio, ms, bytesRatio, requests, calls, connections, error = '' } = cell
  console.log(
    `${name}, ${load.name}, ${load.files} × ${load.bytes} bytes: ${contender} ${ratio.toFixed(2)} (${Math.round(ms)} ms), bytes ${bytesRatio.toFixed(3)}, requests ${requests}, calls ${calls}, new connections ${connections} ${error}`,
  )
}

/** By contender: the median of the load's rounds, of other engines one; a failure in any of them counts. */
async function measureInTurns(
  load: Load,
  condition: Condition,
  names: readonly (ContenderName | EngineName)[],
): Promise<Record<string, Cell>> {
  const measured = new Map<string, Cell[]>()
  for (let round = 0; round < (load.rounds ?? 1); round += 1) {
    for (const name of names) {
      if (round && isOtherEngine(name)) continue
      const cell = await measure(name, load, condition)
      print(condition, load, name, cell)
      measured.set(name, [...(measured.get(name) ?? []), cell])
    }
  }
  return Object.fromEntries([...measured].map(([name, cells]) => [name, findMedian(cells)]))
}

try {
  // Servers that have run before: the first contender would pay for the compilation of all.
  for (let round = 0; round < ROUNDS_BEFORE; round += 1) {
    for (const one of WARM_UP_LOADS) {
      for (const name of [...contenders, ...others]) {
        await measure(name, one, CONDITIONS[0] as Condition)
      }
    }
  }
  for (const condition of CONDITIONS.filter(({ name }) => isChosen(values.lines, name))) {
    const loads = planLoads(condition, Number(values.seconds))
    for (const one of loads.filter(({ name }) => isChosen(values.loads, name))) {
      const cells = await measureInTurns(one, condition, [...contenders, ...others])
      rows.push({ condition, load: one, cells })
    }
  }
  if (isWhole) {
    for (const condition of CONDITIONS.filter(({ name }) => WHOLE_VIDEO_LINES.includes(name))) {
      for (const load of [WHOLE_VIDEO, { ...WHOLE_VIDEO, isReloaded: true }]) {
        const cells = await measureInTurns(load, condition, ['upcall'])
        wholeRows.push({ condition, load, cells })
      }
    }
  }
} finally {
  for (const engine of [chromium, engines.Firefox, engines.WebKit]) await engine?.close()
  await backend.close()
  rmSync(folder, { recursive: true, force: true })
}
if (isWhole) {
  const seconds = values.seconds === String(MAX_SECONDS) ? '' : ` -- --seconds ${values.seconds}`
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? '',
    cores: cpus().length,
    load,
    command: `npm run bench:network${seconds}`,
  }
  writeFileSync('test/bench/network.md', buildReport(rows, wholeRows, machine))
  writeFileSync('test/bench/network.svg', buildPicture(rows))
  console.log('Written: test/bench/network.md, test/bench/network.svg')
}
