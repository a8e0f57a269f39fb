/**
 * `npm run test:runtimes`: the packed package, installed once, on every runtime; writes docs/deploy/runtimes.md. Names
 * such as `deno` or `node-20` run these alone and write nothing. Some minutes: it installs the runtimes from npm.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packPackage } from '../../src/dev/check-package.ts'
import { installTarball } from '../support/consumer.ts'
import { installRuntimes } from './install.ts'
import { JOURNEYS, JWKS_JOURNEY, RESTART_JOURNEY } from './journeys.ts'
import { playRuntime } from './play.ts'
import { RUNTIMES } from './runtimes.ts'
import { type Outcome, printOutcomes, writePage } from './table.ts'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !RUNTIMES.some(({ runtime }) => runtime === name))
if (unknown.length > 0) {
  const known = [...new Set(RUNTIMES.map(({ runtime }) => runtime))]
  console.error(`Not known: ${unknown.join(', ')}. Known: ${known.join(', ')}.`)
  process.exit(2)
}
const chosen = RUNTIMES.filter(({ runtime }) => names.length === 0 || names.includes(runtime))
const folder = mkdtempSync(join(tmpdir(), 'upcall-runtimes-'))
const outcomes: Outcome[] = []
try {
  const consumer = mkdtempSync(join(folder, 'consumer-'))
  const { path: tarball } = packPackage(folder)
  installTarball(consumer, tarball, ['bullmq', 'ioredis'])
  const runtimeNames = chosen.map(({ runtime }) => runtime)
  const installed = installRuntimes(join(folder, 'runtimes'), tarball, runtimeNames)
  const find = (name: string) => installed.get(name)
  for (const runtime of chosen) {
    const { version = '', reason } = find(runtime.runtime) ?? {}
    console.error(`${runtime.name} ${version}, ${runtime.program} …`)
    if (reason !== undefined) {
      console.error(`NOT RUN: ${reason}`)
      outcomes.push({ runtime, version, passed: [], failed: [], notRun: reason })
      continue
    }
    const outcome = await playRuntime(runtime, version, {
      consumer,
      findBinary: (name) => find(name)?.binary ?? '',
      findFolder: (name) => find(name)?.folder ?? '',
    })
    for (const text of outcome.failed) console.error(`FAILED: ${text}`)
    for (const text of outcome.calls?.failed ?? []) console.error(`FAILED: ${text}`)
    for (const text of outcome.vectors?.disagreed ?? []) console.error(`DISAGREES: ${text}`)
    outcomes.push(outcome)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(printOutcomes(outcomes))
if (names.length === 0)
  writePage(outcomes, [...Object.keys(JOURNEYS), JWKS_JOURNEY, RESTART_JOURNEY])
const isGood = ({ failed, vectors, calls, notRun }: Outcome): boolean =>
  notRun === undefined &&
  failed.length + (calls?.failed.length ?? 0) + (vectors?.disagreed.length ?? 0) === 0
process.exitCode = outcomes.every(isGood) ? 0 : 1
