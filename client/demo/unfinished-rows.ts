/** "Half of big.bin is waiting": what a reload has interrupted, with a button that continues it. */
import { find, removeItem, stamp } from './find.ts'
import { formatTime } from './format.ts'
import { onLanguage, say } from './language.ts'
import { describeKind } from './rows.ts'
import { findSample, type SampleName } from './samples.ts'
import type { Unfinished, UnfinishedStore } from './unfinished.ts'

export interface UnfinishedOptions {
  store: UnfinishedStore
  /** The file can be made again. */
  onSample(sample: SampleName, upload: Unfinished): void
  /** The file must be chosen again: no page may open a file by itself. */
  onChoose(upload: Unfinished): void
}

export interface UnfinishedRows {
  /** Removes the row of an upload that goes on. @returns whether there was one */
  take(file: File, profile: string): boolean
}

/** From 45 to 55 % are a half. */
function describeShare(percent: number): string {
  return Math.abs(percent - 50) <= 5 ? say('half') : say('percent', { percent })
}

export function createUnfinishedRows({
  store,
  onSample,
  onChoose,
}: UnfinishedOptions): UnfinishedRows {
  const list = find(document, '#unfinished', HTMLUListElement)
  const rows = new Map<string, HTMLElement>()

  function drop(key: string): void {
    const row = rows.get(key)
    if (row) removeItem(row)
    rows.delete(key)
  }

  function add(upload: Unfinished): void {
    const { key, file, loaded, startedAtMs } = upload
    const { name, size } = file
    const row = stamp('#unfinished-row')
    const bar = find(row, 'progress', HTMLProgressElement)
    const sample = findSample(name)
    const percent = Math.floor((100 * loaded) / size)
    const go = find(row, '.continue', HTMLButtonElement)
    const forget = find(row, '.forget', HTMLButtonElement)
    bar.value = percent
    onLanguage(() => {
      const hint = sample ? 'unfinishedSample' : 'unfinishedHint'
      find(row, '.picture', HTMLElement).textContent = describeKind(name)
      find(row, '.name', HTMLElement).textContent = say('unfinished', {
        share: describeShare(percent),
        name,
      })
      find(row, '.state', HTMLElement).textContent = say(hint, { time: formatTime(startedAtMs) })
      bar.ariaLabel = say('uploadOf', { name })
      go.textContent = say(sample ? 'continue' : 'chooseAgain')
      go.ariaLabel = say(sample ? 'continueFile' : 'chooseFileAgain', { name })
      forget.textContent = say('forget')
      forget.ariaLabel = say('forgetFile', { name })
    })
    go.addEventListener('click', () => {
      if (sample) onSample(sample, upload)
      else onChoose(upload)
    })
    forget.addEventListener('click', () => {
      store.forget(key)
      drop(key)
    })
    rows.set(key, row)
    list.append(row)
  }

  for (const upload of store.list()) add(upload)
  return {
    take(file, profile) {
      const upload = store.find(file, profile)
      if (!upload) return false
      drop(upload.key)
      return true
    },
  }
}
