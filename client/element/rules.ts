/** The page's rules for files, checked early to help the user: the service decides. */
import type { Words } from './texts.ts'

export interface Rules {
  /** As of `<input accept>`: `.pdf`, `image/png`, `image/*`, with commas. Empty: everything. */
  accept: string
  /** Bytes; 0: no limit. */
  maxSize: number
  /** So many more files may be added. */
  maxFiles: number
}

/** More files at once are a mistake, e.g. a whole disk. */
export const MAX_FILES = 10_000

/** Further problems are shown as a number. */
const MAX_PROBLEMS = 5

function isAccepted(name: string, type: string, accept: string): boolean {
  const patterns = accept.toLowerCase().split(/[\s,]+/)
  return patterns.some(
    (pattern) =>
      pattern &&
      (pattern.startsWith('.')
        ? name.toLowerCase().endsWith(pattern)
        : pattern.endsWith('/*')
          ? type.startsWith(pattern.replace(/\*.*/, ''))
          : pattern === type),
  )
}

/**
 * Separates the files that follow the rules from the others.
 *
 * @param mayAdd the page's own decision; asked last
 * @returns the accepted files, and what is wrong with the others as texts
 */
export function filterFiles(
  files: Iterable<File>,
  { accept, maxSize, maxFiles }: Rules,
  { say, size }: Words,
  mayAdd: (file: File) => boolean,
): { accepted: File[]; problems: string[] } {
  const accepted: File[] = []
  const problems: string[] = []
  for (const file of files) {
    const { name, type } = file
    const problem =
      accept && !isAccepted(name, type, accept)
        ? say('wrongType', { accept, type: type || name })
        : maxSize && file.size > maxSize && say('tooLarge', { size: size(maxSize) })
    if (problem) problems.push(`${name}: ${problem}`)
    else if (accepted.length >= maxFiles) {
      problems.push(say('tooMany'))
      break
    } else if (mayAdd(file)) accepted.push(file)
  }
  const more = problems.length - MAX_PROBLEMS
  if (more > 0) problems.splice(MAX_PROBLEMS, more, `+${more}`)
  return { accepted, problems }
}
