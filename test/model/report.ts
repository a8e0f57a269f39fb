/**
 * The results as Markdown: what `npm run model` prints and docs/scale.md holds.
 * Over 200 lines: one table after the other, in the order of the page.
 */
import { printTable } from '../bench/report.ts'
import { computeSweptObjects, listParts, SHARDS } from './capacity.ts'
import type { CostLine } from './cost.ts'
import { computeShardPerSecond, estimateCallbackMicros } from './demand.ts'
import { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from './format.ts'
import type { Inputs } from './inputs.ts'
import type { FlowRow, ModelResult } from './model.ts'
import { MEASURED_MS, RUN_MS } from './upload-flow.ts'

const sumCosts = (costs: readonly CostLine[]): number =>
  costs.reduce((sum, { cost }) => sum + cost, 0)

function printParts({ parts }: ModelResult): string {
  const rows = parts.map(({ name, scope, has, uploadsPerSecond, askedPerSecond, load, more }) => [
    name,
    `${has}${scope === 'account' ? ', all regions' : ''}`,
    `${formatNumber(uploadsPerSecond)}/s`,
    `${formatNumber(askedPerSecond)}/s`,
    `${formatNumber(load)} ×`,
    more,
  ])
  return printTable(['Part', 'There is', 'Full at uploads', 'Asked', 'Load', 'More by'], rows)
}

function printNeeds({ needs, regions }: ModelResult): string {
  const busiest = `the busiest region, ${formatNumber(regions[0] ?? 0)} uploads/s`
  return printTable(
    ['Needed', 'How many', 'Where'],
    [
      [
        'Isolates of the Worker, busy all the time at half their load',
        formatCount(needs.isolates),
        busiest,
      ],
      ['Durable Objects, by requests', formatCount(needs.shards), busiest],
      ['Durable Objects, by receipts of 14 days', formatCount(needs.shardsByStorage), busiest],
      [
        'Receipts that fit into 64 of them',
        `those of ${formatSeconds(needs.fullAfterSeconds)}`,
        busiest,
      ],
      ['Partitions of the bucket', formatCount(needs.partitions), busiest],
      ['Gbit/s into OSS', formatNumber(needs.uploadGbitPerSecond), busiest],
      ['Requests/s to OSS', formatNumber(needs.ossRequestsPerSecond), 'all regions'],
      [
        'Callbacks/s of OSS, and deliveries/s to the application',
        formatNumber(needs.deliveriesPerSecond),
        'all regions',
      ],
      [
        'Cores, on Node instead of Workers: processes with a SQLite file each',
        formatCount(needs.nodeCores),
        'all regions',
      ],
    ],
  )
}

function printFlow({ name, result }: FlowRow): string[] {
  if (!result) return [name, ...Array<string>(8).fill('–'), 'not simulated']
  const { measured, ticketMs, callbackMs, slice, events } = result
  const { delivered, recorded, ...lost } = measured.ends
  const share = (count: number) => formatPercent(count / measured.count)
  const failed = Object.values(lost).reduce((sum, count) => sum + count, 0)
  return [
    name,
    share(measured.byCallback),
    share(delivered - measured.byCallback),
    share(recorded),
    share(failed),
    share(measured.count - delivered - recorded - failed),
    formatNumber(measured.ossRefusals / measured.count),
    `${formatNumber(ticketMs.median)}, ${formatNumber(ticketMs.p99)}`,
    `${formatNumber(callbackMs.median)}, ${formatNumber(callbackMs.p99)}`,
    `1/${slice}, ${formatNumber(events)}`,
  ]
}

function printFlows({ flows }: ModelResult): string {
  return printTable(
    [
      'Busiest region',
      'Delivered by the callback',
      'Delivered by asking again',
      'Recorded, delivered later',
      'Given up',
      'On the way',
      'Refusals of OSS an upload',
      'Ticket, ms: median, p99',
      'Callback, ms: median, p99',
      'Slice, events',
    ],
    flows.map(printFlow),
  )
}

function printOutages({ limits }: Inputs, { outages }: ModelResult): string {
  const rows = outages.map(({ name, shards, result, peakBytes, addedCost, ...row }) => [
    name,
    formatCount(shards),
    formatNumber(result.peakReceipts * shards),
    `${formatNumber(result.peakReceipts)}, ${formatBytes(peakBytes)}${peakBytes > limits.objectStoredBytes ? ', **more than fits**' : ''}`,
    formatNumber(result.failedAttempts / Math.max(1, result.deliveredLater)),
    formatSeconds(result.drainSeconds),
    `${formatNumber(row.receiptsPerSecond)} + ${formatNumber(row.afterPerSecond - row.receiptsPerSecond)}`,
    formatNumber(addedCost),
  ])
  return printTable(
    [
      'The application',
      'Objects',
      'Receipts waiting when it returns',
      'In each object',
      'Failed attempts a receipt',
      'All delivered after',
      'Deliveries/s then: new + waiting',
      'Added cost a million',
    ],
    rows,
  )
}

function printResult(inputs: Inputs, result: ModelResult): string {
  const { options, regions } = result
  const { uploadsPerSecond, downMinutes } = options
  return [
    `### ${formatCount(uploadsPerSecond)} uploads/s`,
    `Regions: ${regions.length}, uploads/s: ${regions.map(formatNumber).join(', ')}.`,
    printParts(result),
    printNeeds(result),
    printFlows(result),
    ...(result.outages.length > 0
      ? [
          `The application is down for ${formatNumber(downMinutes)} min; the busiest region:`,
          printOutages(inputs, result),
        ]
      : []),
  ].join('\n\n')
}

function printCosts(inputs: Inputs, results: readonly ModelResult[]): string {
  const { currency, prices } = inputs.prices
  const [first] = results
  const rows = (first?.costs ?? []).map(({ what, price, unit }, at) => {
    const { price: cost, per } = prices[price]
    const cells = results.map(({ costs }) => {
      const line = costs[at]
      return line ? `${formatNumber(line.quantity)} ${unit}: ${line.cost.toFixed(3)}` : ''
    })
    return [what, `${formatNumber(cost)} for ${formatNumber(per)}`, ...cells]
  })
  const sums = results.map(({ costs }) => `**${sumCosts(costs).toFixed(2)}**`)
  const heads = results.map(({ options }) => `At ${formatNumber(options.uploadsPerSecond)}/s`)
  return printTable(
    ['A million uploads', `Price, ${currency}`, ...heads],
    [...rows, ['Together', '', ...sums]],
  )
}

/** What the tables say, in sentences. */
function printSummary(inputs: Inputs, results: readonly ModelResult[]): string {
  const parts = listParts(inputs).sort((a, b) => a.uploadsPerSecond - b.uploadsPerSecond)
  const list = (isOwn: boolean) =>
    parts
      .filter(({ name }) => name.startsWith('Durable') === isOwn)
      .map(
        ({ name, scope, uploadsPerSecond }) =>
          `${name.replace(/^.*?: /, '')} at ${formatNumber(uploadsPerSecond)}/s${scope === 'account' ? ' of all regions' : ''}`,
      )
      .join('; ')
  const swept = computeSweptObjects(inputs)
  const lines = results.flatMap((result) => {
    const { options, needs, costs, outages, regions, flows } = result
    const [busiest = 0] = regions
    const best = flows.at(-1)?.result?.measured
    const rows = costs.find(({ price }) => price === 'objectRowWritten')?.cost ?? 0
    const full = result.parts.filter(({ load }) => load >= 1).length
    const [outage] = outages
    return [
      `- **${formatNumber(options.uploadsPerSecond)} uploads/s**, ${formatNumber(busiest)} of them in the busiest region: ${full} of ${result.parts.length} parts are full with default limits. That region needs ${formatCount(needs.shards)} Durable Objects for the requests and ${formatCount(needs.shardsByStorage)} for the receipts of 14 days; with what it needs, ${formatPercent((best?.byCallback ?? Number.NaN) / (best?.count ?? 1))} of its uploads end by their callback. A sweep on Workers sees ${formatCount(swept)} objects of a prefix: the uploads of ${formatSeconds(swept / busiest)}.`,
      ...(outage
        ? [
            `- After ${formatNumber(options.downMinutes)} min without the application, ${formatNumber(outage.result.peakReceipts * outage.shards)} receipts wait there. Time until all are delivered, after its return: ${formatSeconds(outage.result.drainSeconds)}.`,
          ]
        : []),
      `- A million uploads cost ${sumCosts(costs).toFixed(2)} ${inputs.prices.currency}; ${formatPercent(rows / sumCosts(costs))} of it are rows written.`,
    ]
  })
  return [
    `- **OSS** is full first, with the limits of an account that asked for no more: ${list(false)}.`,
    `- **Durable Objects**, in a region with ${SHARDS} of them: ${list(true)}.`,
    '- **Isolates** of the Worker are never full: there is no limit of their number.',
    ...lines,
  ].join('\n')
}

function printCpu(inputs: Inputs): string {
  const { cpu, ledger } = inputs
  const rows: [string, number, string][] = [
    ['`POST /uploads` in workerd', cpu.ticketMicrosWorkerd, 'measured'],
    [
      '`POST /callbacks/oss` in workerd',
      estimateCallbackMicros(inputs),
      'on Node × the ratio of the tickets',
    ],
    ['`accept` of a Durable Object, its HTTP and the delivery', ledger.acceptCpuMicros, 'measured'],
    ['`POST /uploads` on Node', cpu.ticketMicrosNode, 'measured'],
    ['`POST /callbacks/oss` on Node, SQLite', cpu.callbackMicrosSqlite, 'measured'],
  ]
  const table = printTable(
    ['Processor time', 'µs', ''],
    rows.map(([what, micros, how]) => [what, formatNumber(micros), how]),
  )
  return [
    table,
    '',
    `A Durable Object takes ${formatNumber(computeShardPerSecond(inputs))} requests/s here: the smaller of Cloudflare's limit and of what that processor time allows.`,
    `A receipt has ${ledger.storedBytes} bytes there; recording and delivering it writes ${ledger.deliveredRows} rows, an attempt that fails ${ledger.failedAgainRows}, removing it ${ledger.removedRows}.`,
  ].join('\n')
}

export function printReport(inputs: Inputs, results: readonly ModelResult[]): string {
  const [from, to] = [MEASURED_MS.from / 1000, MEASURED_MS.to / 1000]
  return [
    '## In short',
    printSummary(inputs, results),
    '## What a request costs',
    printCpu(inputs),
    '## Load, need, events, outage',
    `Events: uploads that began from second ${from} to ${to}, as they are at second ${RUN_MS / 1000}. Seed ${results[0]?.options.seed}.`,
    ...results.map((result) => printResult(inputs, result)),
    '## Cost',
    printCosts(inputs, results),
  ].join('\n\n')
}
