/** What an element's attributes and properties say about its uploads. */
import type { Headers, UploadOptions } from '../options.ts'

/** Below this a form without a progress listener needs no preflight; its bar would hardly be seen. */
export const NO_PROGRESS_BELOW_BYTES = 256 * 1024

export interface OptionSource {
  headers?: Headers
  vars?: Record<string, string>
  options?: Partial<UploadOptions>
  getAttribute(name: string): string | null
}

/** @param type '' leaves it to `upload()` */
export function buildUploadOptions(element: OptionSource, type: string): UploadOptions {
  const { headers, vars, options } = element
  return {
    ...options,
    ...(headers && { headers }),
    ...(vars && { vars }),
    // After a transform it may be another.
    ...(type && !options?.transform && { type }),
    endpoint: element.getAttribute('endpoint') ?? '',
    profile: element.getAttribute('profile') ?? '',
  }
}
