/** `test/bench/network.md` and its picture, from what was measured. */
import { type Condition, findLimitMs, type Load, WHOLE_VIDEO } from './conditions.ts'
import { CONTENDER_NAMES, OTHER_ENGINES } from './contender-names.ts'
import { type Cell, GAVE_UP } from './measure.ts'

export interface Row {
  condition: Condition
  load: Load
  /** By contender. */
  cells: Readonly<Record<string, Cell>>
}

const formatSize = (bytes: number) =>
  bytes < 1_000_000
    ? `${Math.round(bytes / 1000)} kB`
    : `${Number((bytes / 1_000_000).toFixed(1))} MB`

const describeLoad = ({ files, bytes }: Load) =>
  files === 1 ? formatSize(bytes) : `${files} × ${formatSize(bytes)}`

/** Who was first in Chromium; an upload that failed is never. */
function findFirst({ cells }: Row): string | undefined {
  const [first] = CONTENDER_NAMES.filter((name) => cells[name] && !cells[name].error).sort(
    (a, b) => (cells[a]?.ms ?? 0) - (cells[b]?.ms ?? 0),
  )
  return first
}

function printRatio({ ratio, error }: Cell, digits: number): string {
  if (error === GAVE_UP) return `> ${ratio.toFixed(digits)}`
  return error === undefined ? ratio.toFixed(digits) : 'failed'
}

function formatRatio(row: Row, name: string): string {
  const cell = row.cells[name]
  if (!cell) return '–'
  const ratio = printRatio(cell, 2)
  return findFirst(row) === name ? `**${ratio}**` : ratio
}

function formatCounts({ cells }: Row, name: string): string {
  const cell = cells[name]
  return cell ? `${cell.bytesRatio.toFixed(2)} · ${cell.requests} · ${cell.calls}` : '–'
}

function buildTable(rows: readonly Row[], format: (row: Row, name: string) => string): string[] {
  const names = [...CONTENDER_NAMES, ...OTHER_ENGINES].filter((name) =>
    rows.some(({ cells }) => name in cells),
  )
  return [
    `| Load | Limit, s | ${names.join(' | ')} |`,
    `|---|---|${'---|'.repeat(names.length)}`,
    ...rows.map((row) => {
      const limit = (findLimitMs(row.load, row.condition) / 1000).toFixed(2)
      const cells = names.map((name) => format(row, name)).join(' | ')
      return `| ${row.load.name}, ${describeLoad(row.load)} | ${limit} | ${cells} |`
    }),
    '',
  ]
}

function listMisses(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const first = findFirst(row)
    const [ours, theirs] = [row.cells.upcall, row.cells[first ?? '']]
    if (!ours || !theirs || first === 'upcall') return []
    const place = `${row.condition.name}, ${row.load.name}`
    const share = ours.error
      ? ours.error
      : `${(ours.ms / theirs.ms).toFixed(2)} × the time of ${first}`
    return [`- ${place}: ${share}`]
  })
}

export interface Machine {
  date: string
  processor: string
  cores: number
  /** Average of the last minute, before the run. */
  load: number
  command: string
}

/** @see https://gitlab.gnome.org/GNOME/libsoup/-/blob/master/libsoup/soup-connection-manager.c `need_new_connection` */
const WEBKIT = [
  '`WebKit` is WebKitGTK, the port for Linux. Its HTTP library, libsoup, sends each POST on a connection of its own, and so never on one that the page opened before: two round trips more for TCP and',
  'TLS, to the service (HTTP/2 as well) and to OSS, and the slow start of a new connection. A text takes six round trips instead of two, and 125 forms open 125 connections and more. Parts (PUT)',
  'use the open connections. Nothing that a page can do changes that; Safari has another HTTP library (CFNetwork) and is not measured here.',
  '',
] as const

/** Measured once, on 27 November 2026; not repeated by the run. */
const TRIED = [
  '## What was tried',
  '',
  'A video of 20 MB with other numbers of requests and other parts; the time ÷ the limit, in brackets the bytes sent when the page is reloaded in the middle ÷ its bytes. More than four requests that',
  'send fill no line better; on a far line each part waits a round trip for its preflight and another for its response, and there six help. So four send, and two more may wait for their response: on',
  'the far line 1.20 like six in that trial, 1.24 to 1.48 in later runs with 17.5 MB: at the end the last parts are alone on connections whose windows are small. Six that send took 1.20 to 1.27 there,',
  'but a page does not know beforehand that its line is far; six for the last parts only were no faster than four (1.32 and 1.32, means of six runs). Measuring the throughput and adapting to it would need',
  'more parts than most files have.',
  '',
  '| Requests at a time | Parts, MiB | home | far |',
  '|---|---|---|---|',
  '| 2 | 1 | 1.04 (1.03) | 1.51 (1.09) |',
  '| 3 | 1 | 1.03 (1.09) | 1.25 (1.08) |',
  '| 4 | 1 | 1.03 (1.08) | 1.31 (1.08) |',
  '| 6 | 1 | 1.03 (1.19) | 1.20 (1.08) |',
  '| 4 | 0.5 | 1.03 (1.06) | 1.46 (1.06) |',
  '| 6 | 0.5 | 1.04 (1.08) | 1.24 (1.04) |',
  '| 4 | 2 | 1.03 (1.19) | 1.24 (1.09) |',
  '',
] as const

/** Of ours alone, at the size that people have. */
function describeWholeVideo(rows: readonly Row[]): string[] {
  const lines = rows.map(({ condition, load, cells: { upcall } }) => {
    const name = `${condition.name}${load.isReloaded ? ', reloaded in the middle' : ''}`
    const limit = (findLimitMs(load, condition) / 1000).toFixed(2)
    if (!upcall) return `| ${name} | ${limit} | – | – | – |`
    const { bytesRatio, requests } = upcall
    return `| ${name} | ${limit} | ${printRatio(upcall, 3)} | ${bytesRatio.toFixed(3)} | ${requests} |`
  })
  return [
    `## A video of ${formatSize(WHOLE_VIDEO.bytes)}`,
    '',
    'Ours alone. Above, videos are so small that what a reload loses, parts of 1 MiB that were on their way, is a large share of them; with the videos that people have it is small.',
    '',
    '| Line | Limit, s | Time ÷ limit | Bytes sent ÷ bytes of the file | Requests to OSS |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ]
}

export function buildReport(
  rows: readonly Row[],
  wholeRows: readonly Row[],
  machine: Machine,
): string {
  const conditions = [...new Set(rows.map(({ condition }) => condition))]
  const misses = listMisses(rows)
  return [
    '# Uploads over lines to the Internet',
    '',
    `Written by \`${machine.command}\` on ${machine.date}, ${machine.processor}, ${machine.cores} cores, load ${machine.load.toFixed(1)} before.`,
    '',
    'Figures are the time from the choice of files to the application’s response ÷ the least that the line allows: bytes ÷ bandwidth + one round trip to the service',
    '+ one to OSS. The page is loaded and connected before, for all alike; text and photo are medians of three in Chromium. Bold: the first. `ali-oss` has the keys of the account in the page and asks no service, so',
    'it has a round trip less. `Firefox` and `WebKit`: ours there, the rest is Chromium. Sizes are smaller on slow lines, so that the run ends. What a line is: `test/network/line.ts`; each contender: `test/network/contenders.ts`.',
    '',
    '![Time to the application’s response, as a multiple of the least possible](network.svg)',
    '',
    ...WEBKIT,
    ...conditions.flatMap((condition) => {
      const own = rows.filter((row) => row.condition === condition)
      const { upBytesPerSecond, rttMs, jitterMs, cutShare } = condition
      const words = [
        `${(upBytesPerSecond * 8) / 1_000_000} Mbit/s up`,
        `round trip ${rttMs} ms`,
        ...(jitterMs ? [`± ${jitterMs} ms`] : []),
        ...(cutShare ? [`${cutShare * 100} % of requests with a body cut half-way`] : []),
      ]
      return [
        `## ${condition.name}`,
        '',
        `${words.join(', ')}.`,
        '',
        ...buildTable(own, formatRatio),
        'Bytes sent ÷ bytes of the files · requests to OSS or tus · calls of the service or application:',
        '',
        ...buildTable(own, formatCounts),
      ]
    }),
    ...describeWholeVideo(wholeRows),
    '## Where another was first',
    '',
    'Reasons that the runs show. `tus` needs no ticket and sends all bytes of a file in one request to a server of yours, which carries every byte; after a reload it goes on at the last byte,',
    'where OSS knows whole parts only. `ali-oss` needs no ticket either, because the keys of the account are in the page. A form has 5.5 kB of fields (policy, callback, seal) that a PUT has not:',
    '14 % of a file of 40 kB; a PUT has a preflight instead, a round trip for each file. Before the ticket of a file below 16 MiB its checksum is read, so that the service can compare it:',
    'about 20 ms for 4 MB. `office` is about as fast as this machine computes: there the processor decides. `better-upload` asks for all URLs by one call and tells the application once that all files',
    'are there, as its manual shows; here OSS tells of each file, and each is verified: all processes together compute half as long again (10.6 and 6.9 s for 500 files).',
    '',
    ...(misses.length > 0 ? misses : ['Nowhere.']),
    '',
    ...TRIED,
  ].join('\n')
}
