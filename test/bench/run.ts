/**
 * All benches, one after the other, each in a process of its own: `npm run bench`. Prints the table and writes it to
 * test/bench/results.md. `npm run bench -- presign crc64` runs some, and only prints.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeMachine, readLoad } from './machine.ts'
import { isReached, printProfile, printRows, type Results } from './report.ts'

const BENCHES = {
  presign: () => import('./presign.bench.ts'),
  signers: () => import('./signers.bench.ts'),
  policy: () => import('./policy.bench.ts'),
  callback: () => import('./callback.bench.ts'),
  crypto: () => import('./crypto.bench.ts'),
  'callback-route': () => import('./callback-route.bench.ts'),
  outbox: () => import('./outbox.bench.ts'),
  uploads: () => import('./uploads.bench.ts'),
  workerd: () => import('./workerd.bench.ts'),
  growth: () => import('./growth.bench.ts'),
  crc64: () => import('./crc64.bench.ts'),
  'client-sizes': () => import('./client-sizes.bench.ts'),
} as const

type BenchName = keyof typeof BENCHES

const names = Object.keys(BENCHES) as BenchName[]
const ownPath = fileURLToPath(import.meta.url)
const resultsPath = fileURLToPath(new URL('./results.md', import.meta.url))

/** Nothing here takes so long on an idle machine. */
const TIMEOUT_MS = 15 * 60_000

async function runApart(name: BenchName): Promise<Results> {
  const child = fork(ownPath, ['--only', name], { execArgv: ['--expose-gc'], timeout: TIMEOUT_MS })
  const exit = once(child, 'exit')
  let results: Results | undefined
  child.on('message', (message) => {
    results = message as Results
  })
  await exit
  if (!results) throw new Error(`The bench ${name} failed.`)
  return results
}

async function runSome(chosen: readonly BenchName[]): Promise<Results> {
  const all: Results = { rows: [], extras: [], profiles: [] }
  for (const name of chosen) {
    console.error(`${name} …`)
    const { rows, extras, profiles } = await runApart(name)
    all.rows.push(...rows)
    all.extras.push(...extras)
    all.profiles.push(...profiles)
  }
  return all
}

function print({ rows, extras, profiles }: Results, machine: string): string {
  const missed = rows.filter((row) => isReached(row) === false)
  const verdict =
    missed.length === 0
      ? 'Every goal was reached.'
      : `Not reached: ${missed.map(({ what, against }) => `${what} (against ${against})`).join('; ')}.`
  return `# How fast

Written by \`npm run bench\`. Each ratio is of two things measured in the same run, taking turns; figures are medians of several
rounds. Costs on Node are CPU time, garbage collection included; in workerd, whose clock stands still while it computes, they are
taken from outside over thousands of calls a request. Rates are by wrk, 32 connections over loopback, server and wrk on the same machine.

${machine}

${printRows(rows)}

${verdict}

${extras.join('\n\n')}

## Where the time goes

CPU profiles, sampled while running. Work of the engine itself counts for the script that called it, except where functions are listed.

${profiles.map(printProfile).join('\n\n')}
`
}

const [first, ...others] = process.argv.slice(2)
if (first === '--only') {
  const [name = ''] = others
  const { bench } = await BENCHES[name as BenchName]()
  process.send?.(await bench(), () => process.exit())
} else {
  const asked = [first, ...others].filter((name) => name !== undefined)
  const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name))
  if (unknown) throw new Error(`There is no bench ${unknown}; there are ${names.join(', ')}.`)
  const loadBefore = readLoad()
  const results = await runSome(asked.length > 0 ? (asked as BenchName[]) : names)
  const text = print(results, await describeMachine(loadBefore))
  console.log(text)
  if (asked.length === 0) {
    writeFileSync(resultsPath, text)
    console.error('docs/scale.md is computed from these figures: npm run model -- --write')
  }
}
