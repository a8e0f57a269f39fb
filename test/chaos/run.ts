/**
 * `npm run chaos`: the client through every bad network with 256 MiB and its own timeouts, then with every file that is
 * changed or removed in every phase of every way to upload, then the delivery on every engine with 5 000 uploads each;
 * prints tables. Minutes, not seconds. Names of conditions or deployments, `files` or `delivery`, run these alone;
 * `--short` runs what the tests run.
 */
import { spawnSync } from 'node:child_process'
import { CONDITIONS, createChaos, FULL, SHORT } from './conditions.ts'
import { DEPLOYMENTS } from './delivery/deployments.ts'
import { printDeliveries } from './delivery/report.ts'
import { LONG, SHORT as SHORT_DELIVERY } from './delivery.ts'

const DELIVERY = 'delivery'
const FILES = 'files'

async function printConditions(names: readonly string[], isShort: boolean): Promise<number> {
  const chaos = await createChaos()
  let failures = 0
  console.log('| condition | same bytes | handler runs | sent ÷ size | retries | seconds |')
  console.log('|---|---|---|---|---|---|')
  for (const condition of names) {
    try {
      const outcome = await chaos.run(condition, isShort ? SHORT : FULL)
      const { isSame, receipts, ratio, retries, seconds } = outcome
      if (!isSame || receipts !== 1) failures += 1
      console.log(
        `| ${condition} | ${isSame ? 'yes' : 'NO'} | ${receipts} | ${ratio.toFixed(3)} | ${retries} | ${seconds.toFixed(1)} |`,
      )
    } catch (error) {
      failures += 1
      console.log(
        `| ${condition} | FAILED: ${error instanceof Error ? error.message : error} | | | | |`,
      )
    }
  }
  await chaos.close()
  return failures
}

function runFiles(cases: 'all' | 'some'): number {
  const args = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', 'node']
  const { status } = spawnSync('npx', [...args, 'test/chaos/files.node.test.ts'], {
    stdio: 'inherit',
    env: { ...process.env, FILE_CASES: cases },
  })
  return status === 0 ? 0 : 1
}

const isDelivery = (word: string): boolean => word === DELIVERY || word in DEPLOYMENTS
const isShort = process.argv.includes('--short')
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const conditions = words.length
  ? words.filter((word) => word !== FILES && !isDelivery(word))
  : Object.keys(CONDITIONS)
let failures = conditions.length > 0 ? await printConditions(conditions, isShort) : 0
if (words.length === 0 || words.includes(FILES)) failures += runFiles(isShort ? 'some' : 'all')
if (words.length === 0 || words.some(isDelivery)) {
  failures += await printDeliveries(isShort ? SHORT_DELIVERY : LONG, words)
}
process.exitCode = failures ? 1 : 0
