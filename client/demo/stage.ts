/**
 * The picture of the four steps, their times, and the response, for the upload that is followed. On one machine an upload
 * takes a few milliseconds: the picture shows each step for a moment, the times are the measured ones.
 */
import { find } from './find.ts'
import { formatMs } from './format.ts'
import { onLanguage, say } from './language.ts'
import type { TextName } from './texts.ts'
import {
  type Hop,
  type HopState,
  isEnded,
  measureTotalMs,
  readPageClockMs,
  type Trace,
} from './trace.ts'

/** How long each change of the picture can be seen at least. */
const STEP_MS = 420
/** Times of what goes on are counted on this often. */
const REFRESH_MS = 100

/** Who takes part in a step. */
const NODES_OF_HOPS = [
  ['page', 'service'],
  ['page', 'oss'],
  ['oss', 'service'],
  ['oss', 'page'],
] as const

const HOP_TEXTS: readonly TextName[] = ['hop1', 'hop2', 'hop3', 'hop4']

const STATE_TEXTS: Readonly<Record<HopState, TextName>> = {
  idle: 'hopIdle',
  active: 'hopActive',
  done: 'hopDone',
  failed: 'hopFailed',
}

export interface Stage {
  /** Shows its steps one after the other, also when they are over. */
  follow(trace: Trace): void
  readonly followed: Trace | undefined
  /** The trace has changed. Does nothing for one that is not followed. */
  update(trace: Trace): void
  onFollow(listener: () => void): void
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

/** The next state to show on the way to the real one. */
function stepTowards(shown: HopState, real: HopState): HopState {
  return shown === 'idle' && real !== 'idle' ? 'active' : real
}

export function createStage(): Stage {
  const rows = findRows()
  const picture = find(document, '.picture-of-hops', HTMLElement)
  const file = find(document, '#stage-file', HTMLElement)
  const total = find(document, '#total', HTMLElement)
  const response = find(document, '#response', HTMLElement)
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')
  const listeners = new Set<() => void>()
  let trace: Trace | undefined
  /** Its response is shown at once, while the picture shows its steps again. */
  let wasEnded = false
  let shown: HopState[] = ['idle', 'idle', 'idle', 'idle']
  let stepTimer: ReturnType<typeof setTimeout> | undefined
  let refreshTimer: ReturnType<typeof setInterval> | undefined

  function showRow({ row, what, bar, ms, says }: HopRow, at: number): void {
    const hop: Hop | undefined = trace?.hops[at]
    const state = shown[at] ?? 'idle'
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
    const wholeMs = Math.max(isEnded(trace) ? measureTotalMs(trace) : nowMs - startMs, 1)
    ms.textContent = formatMs(Math.max(0, toMs - hop.fromMs))
    bar.style.setProperty('--from', `${Math.max(0, (hop.fromMs - startMs) / wholeMs)}`)
    bar.style.setProperty('--share', `${Math.min(1, Math.max(0, (toMs - hop.fromMs) / wholeMs))}`)
  }

  function showPicture(): void {
    const lit = new Set<string>()
    for (const [at, state] of shown.entries()) {
      for (const hop of picture.querySelectorAll<SVGElement>(`[data-hop="${at + 1}"]`)) {
        hop.dataset.state = state
      }
      if (state !== 'active') continue
      for (const node of NODES_OF_HOPS[at] ?? []) {
        lit.add(at === 3 && node === 'oss' && trace?.isAsked ? 'service' : node)
      }
    }
    for (const node of picture.querySelectorAll<SVGElement>('[data-node]')) {
      node.classList.toggle('lit', lit.has(node.dataset.node ?? ''))
    }
    picture.classList.toggle('is-asked', trace?.isAsked ?? false)
    picture.classList.toggle(
      'is-waiting',
      trace?.state === 'paused' || trace?.state === 'offline' || trace?.state === 'retrying',
    )
    const isBack = shown[3] === 'done'
    picture.classList.toggle('is-delivered', isBack && trace?.isDelivered === true)
    picture.classList.toggle('is-undelivered', isBack && trace?.isDelivered === false)
    for (const bytes of picture.querySelectorAll<SVGElement>('[data-hop="2"]')) {
      bytes.style.setProperty('--sent', `${trace?.share ?? 0}`)
    }
  }

  function show(): void {
    rows.forEach(showRow)
    showPicture()
    const isBack = shown[3] === 'done'
    const name = trace ? `${trace.name} · ${say(`state_${trace.state}`)}` : say('stageEmpty')
    if (file.textContent !== name) file.textContent = name
    total.textContent = trace && isBack ? formatMs(measureTotalMs(trace)) : '–'
    const isThere = isBack || wasEnded
    const isJson = isThere && trace?.response !== undefined
    const isAccepted = isThere && trace?.hops[3].state === 'done'
    const text = isAccepted && !isJson ? say('state_accepted') : say('responseEmpty')
    const body = isJson ? JSON.stringify(trace?.response, null, 2) : text
    response.classList.toggle('empty', !isJson)
    if (response.textContent !== body) response.textContent = body
  }

  /** Shows the next change; the one after it when this has been seen. */
  function step(): void {
    stepTimer = undefined
    let isChanged = false
    for (const [at, { state }] of (trace?.hops ?? []).entries()) {
      const now = shown[at] ?? 'idle'
      if (now === state) continue
      const next = isStill.matches ? state : stepTowards(now, state)
      shown[at] = next
      isChanged = true
      // As one step ends, the next begins.
      if (next === 'active' && !isStill.matches) break
    }
    show()
    if (isChanged) stepTimer = setTimeout(step, STEP_MS)
  }

  function update(changed: Trace): void {
    if (changed !== trace) return
    if (stepTimer === undefined) step()
    if (isEnded(changed)) {
      clearInterval(refreshTimer)
      refreshTimer = undefined
    } else refreshTimer ??= setInterval(show, REFRESH_MS)
  }

  onLanguage(show)
  return {
    get followed() {
      return trace
    },
    follow(next) {
      clearTimeout(stepTimer)
      stepTimer = undefined
      trace = next
      wasEnded = isEnded(next)
      shown = ['idle', 'idle', 'idle', 'idle']
      update(next)
      show()
      for (const listener of listeners) listener()
    },
    update,
    onFollow: (listener) => void listeners.add(listener),
  }
}
