/**
 * Files from a drop or a paste, folders included.
 *
 * @see https://wicg.github.io/entries-api/
 */

/** More files in one drop are a mistake, e.g. a whole disk. */
export const MAX_FILES = 10_000
/** Levels of folders; a link to its own parent ends here. */
const MAX_DEPTH = 64
/** Files that operating systems create in folders. */
const SYSTEM_FILES = /^(\.DS_Store|Thumbs\.db)$/

/** A drag, drop or paste. */
export type DataEvent = Event & {
  dataTransfer?: DataTransfer | null
  clipboardData?: DataTransfer | null
}

/** The data of an event that is about files. */
export function findFileData({ dataTransfer, clipboardData }: DataEvent): DataTransfer | undefined {
  const data = dataTransfer ?? clipboardData
  return data?.types.includes('Files') ? data : undefined
}

function callBack<T>(
  work: (resolve: (value: T) => void, reject: () => void) => void,
  otherwise: T,
) {
  return new Promise<T>((resolve) => work(resolve, () => resolve(otherwise)))
}

/** Adds the files at and below an entry to `found`; what cannot be read is left out. */
async function walk(entry: FileSystemEntry, found: File[], depth: number): Promise<void> {
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

/**
 * The files in the order of the drop; of folders no more than `MAX_FILES`.
 *
 * @param data of a drop or paste event that is being handled: it is empty afterwards
 */
export async function gatherFiles(data: DataTransfer): Promise<File[]> {
  const found: File[] = []
  // Before the first await: afterwards the items are empty.
  const sources = [...data.items].map((item) => {
    const entry = item.webkitGetAsEntry()
    // WebKit has an entry for a pasted picture too, whose file it cannot find.
    return entry?.isDirectory ? entry : item.getAsFile()
  })
  for (const source of sources) {
    if (source instanceof File) found.push(source)
    else if (source) await walk(source, found, 0)
  }
  return found
}
