/** The types that `accept` decides on where the browser has none. */
import { loadMediaType } from '../upload/load-media-type.ts'

/** As `upload()` finds them; '' for what is not known or cannot be read. */
export async function findTypes(files: readonly File[]): Promise<Map<File, string>> {
  const types = new Map<File, string>()
  for (const file of files) types.set(file, await loadMediaType(file).catch(() => ''))
  return types
}
