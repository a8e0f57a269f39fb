/** What the entries of the list mean for the form. */
import { type Entry, isSettled } from './row.ts'
import type { Words } from './texts.ts'

export interface FieldState {
  /** Keys on OSS of the uploads that are done. */
  keys: string[]
  /** The entries that are done, for the browser to restore them later. */
  state: string
  flags: ValidityStateFlags
  /** Shown by the browser when a flag is set. */
  fault: string
  isBusy: boolean
}

export function describeField(
  entries: readonly Entry[],
  isRequired: boolean,
  { say }: Words,
): FieldState {
  const done = entries.filter(({ result }) => result)
  const isBusy = !entries.every(isSettled)
  const isFailed = done.length < entries.length
  return {
    keys: done.flatMap(({ result }) => result?.key ?? []),
    state: JSON.stringify(done.map((entry) => ({ ...entry, file: undefined, upload: undefined }))),
    flags: { customError: isFailed, valueMissing: isRequired && !entries.length },
    fault: say(isBusy ? 'busy' : isFailed ? 'failed' : 'chooseOne'),
    isBusy,
  }
}
