/** A row of the list of uploads. All texts are set as text. It keeps its height, whatever happens to its upload. */
import type { Progress, UploadError, UploadState } from '../index.ts'
import { find, stamp } from './find.ts'
import { formatBytes, formatSeconds, formatTime } from './format.ts'
import { say } from './language.ts'
import { describeFailure } from './reasons.ts'
import type { TextName } from './texts.ts'
import type { Trace } from './trace.ts'

/** Pictures that cannot run script. */
const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/

export interface UploadRow {
  row: HTMLElement
  steps: HTMLButtonElement
  pause: HTMLButtonElement
  cancel: HTMLButtonElement
  retry: HTMLButtonElement
  /** Shows everything, in the page's language. */
  show(view: UploadView): void
  showSteps(trace: Trace, isFollowed: boolean): void
}

/** What a row shows of an upload. */
export interface UploadView {
  progress: Progress
  failure?: UploadError
  canTryAgain?: boolean
  outcome?: 'done' | 'asked' | 'accepted' | undefined
  /** Of the stored object. */
  link?: string | undefined
}

const NEEDS_NOTHING: readonly UploadState[] = ['done', 'aborted', 'failed', 'stored']

/** Name of a file's kind, where there is no picture of it. */
export function describeKind(name: string): string {
  return (/\.([^.]{1,4})$/.exec(name)?.[1] ?? say('file')).toUpperCase()
}

function describeState({ progress, failure, outcome }: UploadView): string {
  const { state, percentage, speed, etaSeconds, nextAttemptAt, loaded, total } = progress
  if (outcome) return say(`state_${outcome}`)
  const text = say(`state_${state}`)
  if (failure && state !== 'aborted') {
    return say('stateReason', { state: text, reason: describeFailure(failure) })
  }
  if (state === 'retrying' && nextAttemptAt) {
    return say('nextAttempt', { time: formatTime(nextAttemptAt) })
  }
  if (state === 'paused') return `${text} · ${formatBytes(loaded)} / ${formatBytes(total)}`
  if (state !== 'uploading') return text
  const facts = [text, `${Math.floor(percentage)} %`]
  if (speed > 0) facts.push(`${formatBytes(speed)}/s`)
  if (etaSeconds !== undefined) facts.push(say('left', { time: formatSeconds(etaSeconds) }))
  return facts.join(' · ')
}

export function createUploadRow(file: File): UploadRow {
  const { name, size } = file
  const row = stamp('#upload-row')
  const bar = find(row, 'progress', HTMLProgressElement)
  const state = find(row, '.state', HTMLElement)
  const title = find(row, '.name', HTMLElement)
  const picture = find(row, '.picture', HTMLElement)
  const steps = find(row, '.steps', HTMLButtonElement)
  const pause = find(row, '.pause', HTMLButtonElement)
  const cancel = find(row, '.cancel', HTMLButtonElement)
  const retry = find(row, '.retry', HTMLButtonElement)

  function nameButton(button: HTMLElement, text: TextName, label: TextName): void {
    button.textContent = say(text)
    button.ariaLabel = say(label, { name })
  }

  function showTitle(link: string | undefined): void {
    const text = `${name} (${formatBytes(size)})`
    if (!link) {
      title.textContent = text
      return
    }
    const anchor = document.createElement('a')
    Object.assign(anchor, { href: link, target: '_blank', rel: 'noopener', textContent: text })
    anchor.title = say('openFile', { name })
    title.replaceChildren(anchor)
  }

  function showPicture(link: string | undefined): void {
    if (picture.querySelector('img')) return
    if (!link || !PICTURE.test(file.type)) {
      picture.textContent = describeKind(name)
      return
    }
    const image = new Image()
    image.alt = ''
    // Made by OSS's image processing; what it cannot make a picture of is shown by its kind.
    image.src = `${link}&thumb`
    image.onerror = () => picture.replaceChildren(describeKind(name))
    picture.replaceChildren(image)
  }

  return {
    ...{ row, steps, pause, cancel, retry },
    show(view) {
      const focused = document.activeElement
      const { progress, outcome, canTryAgain = false, link } = view
      const now = progress.state
      const isOver = NEEDS_NOTHING.includes(now)
      const kind = outcome === 'asked' ? 'done' : (outcome ?? (isOver ? 'failed' : now))
      for (const other of ['done', 'accepted', 'failed', 'paused', 'offline', 'retrying']) {
        row.classList.toggle(other, other === kind)
      }
      bar.value = outcome ? 100 : progress.percentage
      bar.ariaLabel = say('uploadOf', { name })
      state.textContent = describeState(view)
      showTitle(link)
      showPicture(link)
      const isPaused = now === 'paused'
      nameButton(pause, isPaused ? 'resume' : 'pause', isPaused ? 'resumeFile' : 'pauseFile')
      pause.hidden = isOver || outcome !== undefined || now === 'completing' || now === 'confirming'
      nameButton(cancel, isOver ? 'remove' : 'cancel', isOver ? 'removeFile' : 'cancelFile')
      cancel.hidden = outcome !== undefined
      nameButton(retry, 'retry', 'retryFile')
      retry.hidden = !canTryAgain
      steps.ariaLabel = say('showFile', { name })
      // A keyboard stays in this row when its button goes.
      if (focused instanceof HTMLButtonElement && row.contains(focused) && focused.hidden) {
        steps.focus()
      }
    },
    showSteps({ hops }, isFollowed) {
      steps.ariaPressed = String(isFollowed)
      row.classList.toggle('followed', isFollowed)
      for (const [at, dot] of [...steps.children].entries()) {
        if (dot instanceof HTMLElement) dot.dataset.state = hops[at]?.state
      }
    },
  }
}
