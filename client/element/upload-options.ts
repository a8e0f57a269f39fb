/** What an element's attributes and properties say about its uploads. */
import type { Headers, UploadOptions } from '../options.ts'

export interface OptionSource {
  readonly headers?: Headers | undefined
  readonly vars?: Record<string, string> | undefined
  readonly options?: Partial<UploadOptions> | undefined
  getAttribute(name: string): string | null
}

export function buildUploadOptions(element: OptionSource): UploadOptions {
  const { headers, vars, options } = element
  return {
    ...options,
    ...(headers && { headers }),
    ...(vars && { vars }),
    endpoint: element.getAttribute('endpoint') ?? '',
    profile: element.getAttribute('profile') ?? '',
  }
}
