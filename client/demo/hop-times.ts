/** The four steps as a list, with their times on one scale. */
import { find } from './find.ts'
import { formatMs } from './format.ts'
import { say } from './language.ts'
import type { TextName } from './texts.ts'
import { type HopState, measureTotalMs, readPageClockMs, type Span, type Trace } from './trace.ts'

const HOP_TEXTS: readonly TextName[] = ['hop1', 'hop2', 'hop3', 'hop4']

const STATE_TEXTS: Readonly<Record<HopState, TextName>> = {
  idle: 'hopIdle',
  active: 'hopActive',
  done: 'hopDone',
  failed: 'hopFailed',
}

interface HopRow {
  row: HTMLElement
  what: HTMLElement
  bar: HTMLElement
  ms: HTMLElement
  /** The state, for those who listen to the page. */
  says: HTMLElement
}

function findRows(): HopRow[] {
  return [...document.querySelectorAll('#hops > li')].map((row) => ({
    row: row as HTMLElement,
    what: find(row, '.what', HTMLElement),
    bar: find(row, '.track i', HTMLElement),
    ms: find(row, '.ms', HTMLElement),
    says: find(row, '.says', HTMLElement),
  }))
}

function findHopText(trace: Trace | undefined, at: number): TextName {
  if (at === 0 && trace?.isResumed) return 'hop1Resumed'
  if (at === 2 && trace?.hops[2].state === 'failed') return 'hop3Failed'
  if (at === 3 && trace?.isAsked) return 'hop4Asked'
  return HOP_TEXTS[at] ?? 'hop1'
}

/** A bar that shows when nothing moved, as a background. */
function buildStripes(waits: readonly Span[], fromMs: number, toMs: number): string {
  const toPercent = (ms: number) =>
    `${((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / Math.max(toMs - fromMs, 1)) * 100}%`
  const stops = waits.flatMap((wait) => {
    const [from, to] = [toPercent(wait.fromMs), toPercent(wait.toMs)]
    return [`transparent ${from}`, `var(--wait) ${from} ${to}`, `transparent ${to}`]
  })
  return stops.length > 0 ? `linear-gradient(to right, ${stops.join()})` : 'none'
}

/** @param shown states, which may be behind those of the trace */
export type ShowHops = (trace: Trace | undefined, shown: readonly HopState[]) => void

export function createHopTimes(): ShowHops {
  const rows = findRows()
  const total = find(document, '#total', HTMLElement)

  function showRow(
    { row, what, bar, ms, says }: HopRow,
    at: number,
    state: HopState,
    trace: Trace | undefined,
  ): void {
    const hop = trace?.hops[at]
    row.dataset.state = state
    what.textContent = say(findHopText(trace, at))
    const word = say(STATE_TEXTS[state])
    if (says.textContent !== word) says.textContent = word
    if (!trace || !hop || state === 'idle') {
      ms.textContent = ''
      bar.style.setProperty('--from', '0')
      bar.style.setProperty('--share', '0')
      return
    }
    const nowMs = readPageClockMs()
    const toMs = hop.state === 'active' ? nowMs : hop.toMs
    const [{ fromMs: startMs }] = trace.hops
    const wholeMs = Math.max(trace.isEnded ? measureTotalMs(trace) : nowMs - startMs, 1)
    ms.textContent = formatMs(Math.max(0, toMs - hop.fromMs))
    bar.style.backgroundImage = buildStripes(trace.waits, hop.fromMs, toMs)
    bar.style.setProperty('--from', `${Math.max(0, (hop.fromMs - startMs) / wholeMs)}`)
    bar.style.setProperty('--share', `${Math.min(1, Math.max(0, (toMs - hop.fromMs) / wholeMs))}`)
  }

  return (trace, shown) => {
    for (const [at, row] of rows.entries()) showRow(row, at, shown[at] ?? 'idle', trace)
    total.textContent = trace && shown[3] === 'done' ? formatMs(measureTotalMs(trace)) : '–'
  }
}
