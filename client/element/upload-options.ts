/** What an element's attributes and properties say about its uploads. */
import type { Headers, UploadOptions } from '../options.ts'

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
    ...(type && { type }),
    endpoint: element.getAttribute('endpoint') ?? '',
    profile: element.getAttribute('profile') ?? '',
  }
}
