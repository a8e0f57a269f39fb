/** The types of files for which the browser has none. */
import { loadMediaType } from '../upload/load-media-type.ts'

/**
 * Gives the files the types that `upload()` would find; rules, rows and events then have the same. What is not known or cannot
 * be read stays without.
 */
export async function findTypes(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const type = await loadMediaType(file).catch(() => '')
    // Not a copy: a page may know the file again, and a copy has no `webkitRelativePath`.
    if (type) Object.defineProperty(file, 'type', { value: type })
  }
}
