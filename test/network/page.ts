/** The page's script: starts a contender with the chosen files, and tells how long it took. */
import type { ContenderName } from './contender-names.ts'
import { CONTENDERS, type PageOptions } from './contenders.ts'

export interface Measured {
  /** Until the application's response, ms. */
  ms: number
  error?: string
}

declare global {
  interface Window {
    measure(name: ContenderName, options: PageOptions): Promise<Measured>
    /** What `<link rel="preconnect">` does; a browser under control of a program ignores that. */
    connect(options: PageOptions): Promise<void>
  }
}

window.connect = async ({ ossUrl, tusUrl }) => {
  // HEAD: Chromium drops the connection of a response whose body it does not let the page have.
  const init = { method: 'HEAD', mode: 'no-cors', credentials: 'omit' } as const
  await Promise.all([ossUrl, tusUrl].map((url) => fetch(url, init)))
}
window.measure = async (name, options) => {
  const input = document.querySelector<HTMLInputElement>('#files')
  // With a type, as a photo has; the bytes stay on disk.
  const files = [...(input?.files ?? [])].map(
    (file) =>
      new File([file], file.name, {
        type: 'application/octet-stream',
        lastModified: file.lastModified,
      }),
  )
  const startedAt = performance.now()
  try {
    await CONTENDERS[name](files, options)
    return { ms: performance.now() - startedAt }
  } catch (error) {
    return { ms: performance.now() - startedAt, error: String(error) }
  }
}
