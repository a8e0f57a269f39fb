/** `npm run chaos`: every condition with 256 MiB and the client's own timeouts; prints a table. Minutes, not seconds. */
import { CONDITIONS, createChaos, FULL, SHORT } from './conditions.ts'

const scale = process.argv.includes('--short') ? SHORT : FULL
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const chaos = await createChaos()
let failures = 0
console.log('| condition | same bytes | handler runs | sent ÷ size | retries | seconds |')
console.log('|---|---|---|---|---|---|')
for (const condition of wanted.length ? wanted : Object.keys(CONDITIONS)) {
  try {
    const { isSame, receipts, ratio, retries, seconds } = await chaos.run(condition, scale)
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
process.exitCode = failures ? 1 : 0
