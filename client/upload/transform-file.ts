/**
 * What the page does to a file before it is uploaded.
 */
import { UploadError } from '../http/errors.ts'
import { checkReadable } from '../http/run.ts'
import type { FileTransform } from '../options.ts'

/**
 * @throws UploadError TRANSFORM_FAILED for what the transform throws, or returns instead of a file; the browser's error for a
 *   file that cannot be read
 */
export async function transformFile(
  file: Blob,
  transform: FileTransform,
  signal: AbortSignal,
): Promise<Blob> {
  await checkReadable(file)
  // A transform that waits for the event would wait for ever.
  signal.throwIfAborted()
  try {
    const source = file instanceof File ? file : new File([file], 'blob', file)
    const result = await transform(source, { signal })
    // Of what is no file it fails as well.
    await checkReadable(result)
    return result
  } catch (cause) {
    throw new UploadError('TRANSFORM_FAILED', 'transform', { cause })
  }
}
