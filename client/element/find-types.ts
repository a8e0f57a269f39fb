/** The types that `accept` decides on where the browser has none. */
import { loadMediaType } from '../upload/load-media-type.ts'

/** As `upload()` finds them; '' for what is not known or cannot be read. */
export async function findTypes(files: readonly File[]): Promise<Map<File, string>> {
  const types = new Map<File, string>()
  const find = async (file: File) => types.set(file, await loadMediaType(file).catch(() => ''))
  await Promise.all(files.map(find))
  return types
}
