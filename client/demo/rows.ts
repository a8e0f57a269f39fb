/** The rows of the page: one per upload, one per callback. All texts are set as text. */
import type { Progress, UploadState } from '../index.ts'
import { formatBytes, formatSeconds } from './format.ts'

/** @throws when the page lacks the element */
export function find<Kind extends Element>(
  parent: ParentNode,
  selector: string,
  kind: new () => Kind,
): Kind {
  const found = parent.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`)
  return found
}

function stamp(template: string): HTMLElement {
  const { content } = find(document, template, HTMLTemplateElement)
  const row = content.cloneNode(true)
  if (!(row instanceof DocumentFragment)) throw new Error(`${template} is empty.`)
  return find(row, 'li', HTMLElement)
}

const STATE_TEXTS: Record<UploadState, string> = {
  idle: 'Waiting',
  signing: 'Asking for a ticket',
  uploading: 'Uploading',
  offline: 'Offline, waiting for the network',
  retrying: 'Next attempt',
  paused: 'Paused',
  completing: 'Waiting for the server’s response',
  confirming: 'Asking the server again',
  done: 'Done',
  stored: 'Stored, but not confirmed',
  failed: 'Failed',
  aborted: 'Cancelled',
}

export interface UploadRow {
  row: HTMLElement
  cancel: HTMLButtonElement
  retry: HTMLButtonElement
  showProgress(progress: Progress): void
  /** Stored and recorded; the application has not responded yet. */
  showAccepted(): void
  showResponse(response: unknown, link: string, isImage: boolean): void
  showFailure(state: UploadState, message: string, canTryAgain: boolean): void
}

export function createUploadRow(file: File): UploadRow {
  const row = stamp('#upload-row')
  const bar = find(row, 'progress', HTMLProgressElement)
  const state = find(row, '.state', HTMLElement)
  const cancel = find(row, '.cancel', HTMLButtonElement)
  const retry = find(row, '.retry', HTMLButtonElement)
  const picture = find(row, '.picture', HTMLElement)
  const responseBox = find(row, '.response', HTMLElement)
  find(row, '.name', HTMLElement).textContent = `${file.name} (${formatBytes(file.size)})`
  picture.textContent = (/\.([^.]{1,4})$/.exec(file.name)?.[1] ?? 'file').toUpperCase()
  bar.setAttribute('aria-label', `Upload of ${file.name}`)
  retry.setAttribute('aria-label', `Try ${file.name} again`)

  function end(kind: string): void {
    row.classList.remove('done', 'failed', 'accepted')
    row.classList.add(kind)
    cancel.hidden = true
  }

  return {
    row,
    cancel,
    retry,
    showProgress({ percentage, speed, etaSeconds, nextAttemptAt, state: now }) {
      row.classList.remove('done', 'failed', 'accepted')
      cancel.hidden = now === 'done' || now === 'aborted'
      cancel.textContent = 'Cancel'
      cancel.setAttribute('aria-label', `Cancel ${file.name}`)
      retry.hidden = true
      bar.value = percentage
      const facts = [STATE_TEXTS[now]]
      if (now === 'uploading') {
        facts.push(`${Math.floor(percentage)} %`)
        if (speed > 0) facts.push(`${formatBytes(speed)}/s`)
        if (etaSeconds !== undefined) facts.push(`${formatSeconds(etaSeconds)} left`)
      }
      if (now === 'retrying' && nextAttemptAt) {
        facts[0] += ` at ${new Date(nextAttemptAt).toLocaleTimeString()}`
      }
      state.textContent = facts.join(' · ')
    },
    showAccepted() {
      end('accepted')
      bar.value = 100
      state.textContent = 'Stored, on its way to the application'
    },
    showResponse(response, link, isImage) {
      end('done')
      bar.value = 100
      state.textContent = 'Done: stored by OSS, confirmed by the server'
      // Only the newest response stays open.
      for (const old of document.querySelectorAll<HTMLDetailsElement>('.response details')) {
        old.open = responseBox.contains(old)
      }
      responseBox.hidden = false
      const anchor = document.createElement('a')
      anchor.href = link
      anchor.target = '_blank'
      anchor.rel = 'noopener'
      anchor.textContent = `Open the stored ${file.name}`
      find(responseBox, '.link', HTMLElement).replaceChildren(anchor)
      find(responseBox, 'pre', HTMLElement).textContent = JSON.stringify(response, null, 2)
      if (isImage) {
        const image = new Image()
        image.alt = ''
        image.src = link
        picture.replaceChildren(image)
      }
    },
    showFailure(now, message, canTryAgain) {
      end('failed')
      cancel.hidden = false
      cancel.textContent = 'Remove'
      cancel.setAttribute('aria-label', `Remove ${file.name}`)
      state.textContent =
        now === 'aborted' ? STATE_TEXTS.aborted : `${STATE_TEXTS[now]}: ${message}`
      retry.hidden = !canTryAgain
    },
  }
}

/** What the local OSS reports about a callback. */
export interface CallbackReport {
  time: string
  key: string
  status: number
  outcome: 'ok' | 'failed'
  message: string
  body: string
}

export function createLogRow({
  time,
  key,
  status,
  outcome,
  message,
  body,
}: CallbackReport): HTMLElement {
  const row = stamp('#log-row')
  if (outcome !== 'ok') row.classList.add('refused')
  find(row, '.outcome', HTMLElement).textContent =
    outcome === 'ok' ? `Response ${status}` : `Failed: ${message}`
  const clock = find(row, 'time', HTMLTimeElement)
  clock.dateTime = time
  clock.textContent = new Date(time).toLocaleTimeString()
  find(row, '.key', HTMLElement).textContent = key
  find(row, 'pre', HTMLElement).textContent = body
  return row
}
