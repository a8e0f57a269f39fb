/** Runs transforms over a file before it is uploaded. */
import { TransformError } from './errors.ts'

export interface TransformContext {
  signal?: AbortSignal | undefined
}

/** Returns another file, or the same where there is nothing to do. */
export type Transform = (file: File, context: TransformContext) => File | Promise<File>

/**
 * The file after all transforms, each given the result of the one before.
 *
 * @throws TransformError; the file that was given is never changed
 */
export async function prepare(
  file: File,
  transforms: readonly Transform[],
  { signal }: TransformContext = {},
): Promise<File> {
  let current = file
  for (const transform of transforms) {
    throwIfAborted(signal)
    try {
      current = await transform(current, { signal })
    } catch (cause) {
      if (cause instanceof TransformError) throw cause
      throwIfAborted(signal)
      throw new TransformError('TRANSFORM_FAILED', `A transform of ${file.name} failed.`, { cause })
    }
    if (!(current instanceof File)) {
      throw new TransformError(
        'TRANSFORM_FAILED',
        'A transform returned something else than a File.',
      )
    }
  }
  throwIfAborted(signal)
  return current
}

/** @throws TransformError ABORTED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new TransformError('ABORTED', 'The preparation was cancelled.', { cause: signal.reason })
  }
}
