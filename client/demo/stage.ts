/**
 * The picture of the four steps, their times, and the response, for the upload that is followed. On one machine an upload
 * takes a few milliseconds: the picture shows each step for a moment, the times are the measured ones.
 */
import { find } from './find.ts'
import { createHopPicture } from './hop-picture.ts'
import { createHopTimes } from './hop-times.ts'
import { onLanguage, say } from './language.ts'
import type { HopState, Trace } from './trace.ts'

/** How long each change of the picture can be seen at least. */
const STEP_MS = 420
/** Times of what goes on are counted on this often. */
const REFRESH_MS = 100

export interface Stage {
  /** Shows its steps one after the other, also when they are over. */
  follow(trace: Trace): void
  readonly followed: Trace | undefined
  /** The trace has changed. Does nothing for one that is not followed. */
  update(trace: Trace): void
  /** Another upload is followed. @returns how to stop it */
  onFollow(listener: () => void): () => void
}

/** The next state to show on the way to the real one. */
function stepTowards(shown: HopState, real: HopState): HopState {
  return shown === 'idle' && real !== 'idle' ? 'active' : real
}

export function createStage(): Stage {
  const showTimes = createHopTimes()
  const showPicture = createHopPicture()
  const file = find(document, '#stage-file', HTMLElement)
  const response = find(document, '#response', HTMLElement)
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')
  const listeners = new Set<() => void>()
  let trace: Trace | undefined
  /** Its response is shown at once, while the picture shows its steps again. */
  let wasEnded = false
  let shown: HopState[] = ['idle', 'idle', 'idle', 'idle']
  let stepTimer: ReturnType<typeof setTimeout> | undefined
  let refreshTimer: ReturnType<typeof setInterval> | undefined

  function show(): void {
    showTimes(trace, shown)
    showPicture(trace, shown)
    const isBack = shown[3] === 'done'
    const name = trace ? `${trace.name} · ${say(`state_${trace.state}`)}` : say('stageEmpty')
    if (file.textContent !== name) file.textContent = name
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
    if (changed.isEnded) {
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
      wasEnded = next.isEnded
      shown = ['idle', 'idle', 'idle', 'idle']
      update(next)
      show()
      for (const listener of listeners) listener()
    },
    update,
    onFollow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
