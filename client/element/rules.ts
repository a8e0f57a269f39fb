/** What the page wants of its files. For people's comfort only: the service decides. */
import type { Words } from './texts.ts'

export interface Rules {
  /** As of `<input accept>`: `.pdf`, `image/png`, `image/*`, with commas. Empty: everything. */
  accept: string
  /** Bytes; 0: no limit. */
  maxSize: number
  /** So many more files are welcome. */
  room: number
}

/** More than this would bury the page. */
const MAX_PROBLEMS = 5

function isAccepted({ name, type }: File, accept: string): boolean {
  const wishes = accept.toLowerCase().split(/[\s,]+/)
  return wishes.some(
    (wish) =>
      wish &&
      (wish[0] === '.'
        ? name.toLowerCase().endsWith(wish)
        : wish === type ||
          (wish.endsWith('/*') && (wish === '*/*' || type.startsWith(wish.slice(0, -1))))),
  )
}

/**
 * Parts the welcome files from the others.
 *
 * @param mayTake the page's own word; asked last
 * @returns the welcome ones, and what is wrong with the others, in words
 */
export function siftFiles(
  files: Iterable<File>,
  { accept, maxSize, room }: Rules,
  { say, size }: Words,
  mayTake: (file: File) => boolean,
): { taken: File[]; problems: string[] } {
  const taken: File[] = []
  const problems: string[] = []
  for (const file of files) {
    const problem =
      accept && !isAccepted(file, accept)
        ? say('refused')
        : maxSize && file.size > maxSize && say('tooLarge', { size: size(maxSize) })
    if (problem) problems.push(`${file.name}: ${problem}`)
    else if (taken.length >= room) {
      problems.push(say('tooMany'))
      break
    } else if (mayTake(file)) taken.push(file)
  }
  const more = problems.length - MAX_PROBLEMS
  if (more > 0) problems.splice(MAX_PROBLEMS, more, `+${more}`)
  return { taken, problems }
}
