/**
 * Loads the module that finds media types when a file without a type comes: most have one.
 */

/** @returns '' for a type that is not found, or where the module cannot be loaded */
export function loadMediaType(
  file: Blob,
  name = (file as Partial<File>).name ?? '',
): Promise<string> {
  return import('./media-type.ts').then(
    ({ findMediaType }) => findMediaType(file, name),
    () => '',
  )
}
