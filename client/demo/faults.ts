/** The switches: the line, this page, the callback server, the application; and how many uploads wait for the last. */
import { fetchJson, find } from './find.ts'
import { onLanguage, say } from './language.ts'
import type { OfflineSwitch } from './offline.ts'

interface LineState {
  line: string
  isServiceDown: boolean
}

interface ApplicationState {
  isDown: boolean
  due: number
}

/** ms; only while something waits. */
const POLL_MS = 1000

export interface FaultPanel {
  /** An upload waits for the application: looks until nothing waits any more. */
  watch(): void
}

function describeDue(due: number): string {
  if (due === 0) return say('pendingNone')
  return due === 1 ? say('pendingOne') : say('pendingMany', { count: due })
}

/** The switches of the local OSS. */
function createLineSwitches(report: (error: Error) => void): void {
  const lines = [...document.querySelectorAll<HTMLInputElement>('input[name=line]')]
  const serviceDown = find(document, '#service-down', HTMLInputElement)

  function show({ line, isServiceDown }: LineState): void {
    for (const radio of lines) radio.checked = radio.value === line
    serviceDown.checked = isServiceDown
  }
  const set = (wanted: Partial<LineState>) => {
    fetchJson<LineState>('/demo/faults', wanted).then(show, report)
  }
  for (const radio of lines) radio.addEventListener('change', () => set({ line: radio.value }))
  serviceDown.addEventListener('change', () => set({ isServiceDown: serviceDown.checked }))
  fetchJson<LineState>('/demo/faults').then(show, report)
}

/** @param report what could not be switched */
export function createFaultPanel(
  offline: OfflineSwitch,
  report: (error: Error) => void,
): FaultPanel {
  const isOffline = find(document, '#offline', HTMLInputElement)
  const down = find(document, '#down', HTMLInputElement)
  const pending = find(document, '#pending', HTMLElement)
  let timer: ReturnType<typeof setTimeout> | undefined
  let shownDue = 0

  function showPending(): void {
    const text = describeDue(shownDue)
    // A live region is read out whenever its text is set.
    if (pending.textContent !== text) pending.textContent = text
  }

  function show({ isDown, due }: ApplicationState): void {
    down.checked = isDown
    shownDue = due
    showPending()
    clearTimeout(timer)
    if (due > 0) timer = setTimeout(watch, POLL_MS)
  }

  function watch(): void {
    fetchJson<ApplicationState>('/demo/application/state').then(show, () => {})
  }

  isOffline.checked = false
  isOffline.addEventListener('change', () => offline.set(isOffline.checked))
  down.addEventListener('change', () => {
    const wanted = { isDown: down.checked }
    fetchJson<ApplicationState>('/demo/application/state', wanted).then(show, report)
  })
  createLineSwitches(report)
  onLanguage(showPending)
  watch()
  return { watch }
}
