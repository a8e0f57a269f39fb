/** One row of the list. File names are only set as text. */
import type { UploadError } from '../http/errors.ts'
import type { Progress, Upload, UploadResult, UploadState } from '../options.ts'
import { make, makeButton } from './dom.ts'
import { isRefused, type Words } from './texts.ts'

/** A file in the element. */
export interface Entry {
  readonly name: string
  readonly size: number
  readonly type: string
  /** Absent when the browser restored the entry, e.g. after going back. */
  readonly file?: File | undefined
  /** To pause or resume it yourself. */
  readonly upload?: (Upload & Promise<UploadResult>) | undefined
  readonly state: UploadState
  readonly progress?: Progress | undefined
  readonly result?: UploadResult | undefined
  readonly error?: UploadError | undefined
}

export type MutableEntry = { -readonly [Name in keyof Entry]: Entry[Name] }

/** Nothing will happen without the user. */
export function isSettled({ result, error }: Entry): boolean {
  return !!(result || error)
}

/** Not when the file itself was refused; after 401 the next token may be valid. */
export function mayTryAgain(error: UploadError): boolean {
  return error.retryable || error.status === 401 || !isRefused(error)
}

export interface Row {
  entry: MutableEntry
  item: HTMLLIElement
  remove: HTMLButtonElement
  /** Shows the entry as it is now. */
  show(words: Words, isDisabled: boolean): void
}

export function createRow(entry: MutableEntry, onRemove: () => void, onRetry: () => void): Row {
  const bar = make('progress', 'bar')
  const meta = make('small', 'meta')
  // Until there is a picture: the extension.
  const thumb = make('div', 'thumb', entry.name.match(/\.([^.]{1,4})$/)?.[1] ?? '')
  const retry = makeButton('retry', '', onRetry)
  const remove = makeButton('remove', '✕', onRemove)
  const item = make(
    'li',
    'row',
    thumb,
    make('div', 'facts', make('b', 'name', entry.name), bar, meta),
    make('div', 'buttons', retry, remove),
  )
  thumb.ariaHidden = 'true'
  bar.max = 100

  function describe({ say, size, time, explain }: Words): string {
    const { state, progress, error } = entry
    if (error) return explain(error)
    const { percentage = 0, speed = 0, etaSeconds } = (state === 'uploading' && progress) || {}
    // Small files have no progress events; their handle has the time.
    const { nextAttemptAt = 0 } = progress ?? entry.upload?.progress ?? {}
    const values = { time: time(Math.max(1, (nextAttemptAt - Date.now()) / 1000)) }
    return [
      percentage ? `${Math.floor(percentage)}%` : say(state, values) || say('uploading'),
      size(entry.size),
      speed && `${size(speed)}/s`,
      etaSeconds && say('left', { time: time(etaSeconds) }),
    ]
      .filter(Boolean)
      .join(' · ')
  }

  let countdown: ReturnType<typeof setTimeout>
  const row: Row = {
    entry,
    item,
    remove,
    show(words, isDisabled) {
      clearTimeout(countdown)
      if (entry.state === 'retrying') countdown = setTimeout(row.show, 1000, words, isDisabled)
      const { name, state, progress, error } = entry
      const { say } = words
      item.setAttribute('part', `row ${error ? 'error' : state}`)
      bar.hidden = isSettled(entry)
      bar.value = progress?.percentage ?? 0
      bar.ariaLabel = name
      meta.textContent = describe(words)
      retry.hidden = !error || !mayTryAgain(error)
      retry.textContent = say('retry')
      retry.ariaLabel = `${say('retry')}: ${name}`
      remove.ariaLabel = say(isSettled(entry) ? 'remove' : 'cancel', { name })
      retry.disabled = remove.disabled = isDisabled
    },
  }
  return row
}
