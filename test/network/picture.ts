/** `test/bench/network.svg`: a bar for each contender, load and line. */
import { CONTENDER_NAMES } from './contender-names.ts'
import type { Row } from './report.ts'

const COLOURS: Readonly<Record<string, string>> = {
  upcall: '#e4572e',
  'ali-oss': '#4c78a8',
  uppy: '#72b7b2',
  'better-upload': '#9d755d',
  tus: '#b279a2',
  fetch: '#a5a5a5',
}
const PANEL = { width: 900, height: 150, left: 70, gap: 34, barWidth: 20 }
/** A longer bar is cut off, with its figure above it. */
const MAX_RATIO = 3

/** Bars for each line, as SVG: readable on light and dark ground. */
export function buildPicture(rows: readonly Row[]): string {
  const conditions = [...new Set(rows.map(({ condition }) => condition.name))]
  const { width, height, left, gap, barWidth } = PANEL
  const totalHeight = conditions.length * (height + gap) + 50
  const y = (ratio: number) => height - (Math.min(ratio, MAX_RATIO) / MAX_RATIO) * (height - 20)
  const shapes = conditions.flatMap((name, panel) => {
    const own = rows.filter(({ condition }) => condition.name === name)
    const top = 40 + panel * (height + gap)
    const groupWidth = (width - left) / own.length
    return [
      `<g transform="translate(0 ${top})"><text x="0" y="20" font-weight="600">${name}</text>`,
      `<line x1="${left}" x2="${width}" y1="${y(1)}" y2="${y(1)}" stroke="#888" stroke-dasharray="4 3"/><text x="${left - 6}" y="${y(1) + 4}" text-anchor="end">1 ×</text>`,
      ...own.flatMap(({ load, cells }, group) => [
        `<text x="${left + group * groupWidth + 4}" y="${height + 15}">${load.name}</text>`,
        ...CONTENDER_NAMES.flatMap((contender, bar) => {
          const cell = cells[contender]
          if (!cell) return []
          const { ratio, error } = cell
          const x = left + group * groupWidth + 4 + bar * barWidth
          const label = error === undefined ? ratio.toFixed(2) : '×'
          const barTop = error === undefined ? y(ratio) : height - 2
          return `<rect x="${x}" y="${barTop}" width="${barWidth - 3}" height="${height - barTop}" fill="${COLOURS[contender]}"><title>${contender}: ${error ?? ratio.toFixed(2)}</title></rect><text x="${x + (barWidth - 3) / 2}" y="${barTop - 3}" text-anchor="middle" font-size="8">${label}</text>`
        }),
      ]),
      '</g>',
    ]
  })
  const legend = CONTENDER_NAMES.map(
    (name, at) =>
      `<rect x="${at * 130}" y="4" width="12" height="12" fill="${COLOURS[name]}"/><text x="${at * 130 + 17}" y="14">${name}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${totalHeight}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Time to the application’s response as a multiple of the least possible; shorter is better"><style>text{fill:#333}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>${legend.join('')}${shapes.join('')}</svg>\n`
}
