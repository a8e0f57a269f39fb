/** The switch "the application is down", how many uploads wait for it, and what arrives later. */
import { find } from './rows.ts'

interface ApplicationState {
  isDown: boolean
  due: number
}

/** ms; only while something waits. */
const POLL_MS = 1000

async function askState(init?: RequestInit): Promise<ApplicationState> {
  const response = await fetch('/demo/application/state', init)
  if (!response.ok) throw new Error(`/demo/application/state: ${response.status}`)
  return response.json()
}

export interface ApplicationPanel {
  /** An upload waits for the application: looks until nothing waits any more. */
  watch(): void
}

export function createApplicationPanel(): ApplicationPanel {
  const down = find(document, '#down', HTMLInputElement)
  const pending = find(document, '#pending', HTMLElement)
  let timer: ReturnType<typeof setTimeout> | undefined

  function show({ isDown, due }: ApplicationState): void {
    down.checked = isDown
    const uploads = due === 1 ? '1 upload is' : `${due} uploads are`
    const text =
      due === 0
        ? 'Nothing waits for the application.'
        : `${uploads} stored and on the way to the application.`
    // A live region is read out whenever its text is set.
    if (pending.textContent !== text) pending.textContent = text
    clearTimeout(timer)
    if (due > 0) timer = setTimeout(watch, POLL_MS)
  }

  function watch(): void {
    askState().then(show, () => {})
  }

  down.addEventListener('change', () => {
    const body = JSON.stringify({ isDown: down.checked })
    askState({ method: 'POST', body, headers: { 'content-type': 'application/json' } }).then(
      show,
      () => {},
    )
  })
  watch()
  return { watch }
}
