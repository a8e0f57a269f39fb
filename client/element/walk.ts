/**
 * The files of dropped folders. Loaded when the first folder is dropped.
 *
 * @see https://wicg.github.io/entries-api/
 */
import { MAX_FILES } from './rules.ts'

/** Levels of folders; a link to its own parent ends here. */
const MAX_DEPTH = 64
/** Files that operating systems create in folders. */
const SYSTEM_FILES = /^(\.DS_Store|Thumbs\.db)$/

function callBack<T>(
  work: (resolve: (value: T) => void, reject: () => void) => void,
  otherwise: T,
) {
  return new Promise<T>((resolve) => work(resolve, () => resolve(otherwise)))
}

/** Adds the files at and below an entry to `found`, up to `MAX_FILES`; what cannot be read is left out. */
export async function walk(entry: FileSystemEntry, found: File[], depth = 0): Promise<void> {
  if (found.length >= MAX_FILES || depth > MAX_DEPTH) return
  if (entry.isFile) {
    const { file } = entry as FileSystemFileEntry
    const own = await callBack<File | undefined>(file.bind(entry), undefined)
    if (own && !SYSTEM_FILES.test(own.name)) found.push(own)
  } else {
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    for (;;) {
      const children = await callBack<FileSystemEntry[]>(reader.readEntries.bind(reader), [])
      // Chromium returns at most 100 at a time; an empty list is the end.
      if (!children.length) return
      for (const child of children) await walk(child, found, depth + 1)
      if (found.length >= MAX_FILES) return
    }
  }
}
