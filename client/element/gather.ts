/** Files from a drop or a paste, folders included. */

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
    // A folder is left out when the module cannot be loaded.
    else if (source) {
      await import('./walk.ts').then(({ walk }) => walk(source, found)).catch(() => {})
    }
  }
  return found
}
