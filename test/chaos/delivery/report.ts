/** The deliveries of `npm run chaos`: a table with every count, and what was wrong. */
import {
  type DeliveryOutcome,
  type DeliveryScale,
  runDelivery,
  runOnDefaultRedis,
} from '../delivery.ts'
import { DEPLOYMENTS, type DeploymentName } from './deployments.ts'

function listCounts(outcome: DeliveryOutcome): [string, number | string][] {
  const { pages, table, callbacks, via } = outcome
  return [
    ['uploads', pages.uploads],
    ['objects in the bucket', outcome.objects],
    ['rows of the application', table.rows.length],
    ['service killed', outcome.serviceKills],
    ['engine killed', outcome.engineKills],
    ['callbacks lost', callbacks.lost],
    ['callbacks repeated', callbacks.repeated],
    ['callbacks delayed', callbacks.delayed],
    ['responses 203', pages.failedCallbacks],
    ['pages closed', pages.closed],
    ['known by callback', via.callback],
    ['known by confirm', via.confirm],
    ['known by sweep', via.sweep],
    ['webhook attempts', table.counts.requests],
    ['… responded 500', table.counts.failed],
    ['… cut after the effect', table.counts.cut],
    ['… hanging', table.counts.hanging],
    ['duplicates that the application caught', table.counts.duplicates],
    ['seconds', outcome.seconds.toFixed(0)],
    ['… of these after the last kill', outcome.settleSeconds.toFixed(0)],
    ['wrong', outcome.wrong.length],
  ]
}

/** These deployments at once. @param words names of deployments; none of them: all. @returns how many failed */
export async function printDeliveries(
  scale: DeliveryScale,
  words: readonly string[],
): Promise<number> {
  const all = Object.keys(DEPLOYMENTS) as DeploymentName[]
  const wanted = all.filter((name) => words.includes(name))
  const names = wanted.length > 0 ? wanted : all
  const refused = await runOnDefaultRedis()
  const isRefused = refused.code === 1 && refused.words.includes('appendonly off')
  console.log(`\nRedis with default persistence: ${isRefused ? 'refused' : 'NOT REFUSED'}`)
  const outcomes = await Promise.all(
    names.map(async (name) => {
      try {
        const outcome = await runDelivery(name, scale)
        console.log(`${name}: ${outcome.pages.uploads} uploads, ${outcome.wrong.length} wrong`)
        for (const words of outcome.wrong) console.log(`  ${words}`)
        return outcome
      } catch (error) {
        console.log(`${name}: FAILED: ${error instanceof Error ? error.message : error}`)
        return undefined
      }
    }),
  )
  const lists = outcomes.map((outcome) => outcome && listCounts(outcome))
  const rows = lists.find((list) => list)?.map(([label]) => label) ?? []
  console.log(`\n| | ${names.join(' | ')} |\n|---|${'---:|'.repeat(names.length)}`)
  rows.forEach((label, at) => {
    console.log(`| ${label} | ${lists.map((list) => list?.[at]?.[1] ?? 'failed').join(' | ')} |`)
  })
  const bad = outcomes.filter((outcome) => !outcome || outcome.wrong.length > 0).length
  return bad + (isRefused ? 0 : 1)
}
