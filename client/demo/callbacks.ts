/** The list of callbacks, as they happen. */
import { find, stamp } from './find.ts'
import { formatTime } from './format.ts'
import { onLanguage, say } from './language.ts'

/** What the local OSS reports about a callback. */
export interface CallbackReport {
  time: string
  key: string
  status: number
  outcome: 'ok' | 'failed'
  message: string
  body: string
}

const MAX_ROWS = 50

export function createCallbackList(): (report: CallbackReport) => void {
  const list = find(document, '#log', HTMLOListElement)
  const shows = new Map<Element, () => void>()
  onLanguage(() => {
    for (const show of shows.values()) show()
  })

  return ({ time, key, status, outcome, message, body }) => {
    const row = stamp('#log-row')
    const isOk = outcome === 'ok'
    row.classList.toggle('refused', !isOk)
    const clock = find(row, 'time', HTMLTimeElement)
    clock.dateTime = time
    find(row, '.key', HTMLElement).textContent = key
    find(row, 'pre', HTMLElement).textContent = body
    const show = () => {
      find(row, '.outcome', HTMLElement).textContent = isOk
        ? say('logOk', { status })
        : say('logFailed', { message })
      clock.textContent = formatTime(Date.parse(time))
      find(row, 'summary', HTMLElement).textContent = say('logSent')
    }
    show()
    shows.set(row, show)
    // At the end: rows that are read do not move.
    list.append(row)
    while (list.children.length > MAX_ROWS) {
      const oldest = list.firstElementChild
      if (!oldest) break
      shows.delete(oldest)
      oldest.remove()
    }
    list.parentElement?.scrollTo({ top: list.scrollHeight })
  }
}
