/** Starts the backend before the browser's tests and tells them where it is. */
import type { TestProject } from 'vitest/node'
import { createBrowserBackend } from './browser-backend.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    backendUrl: string
  }
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const backend = await createBrowserBackend()
  provide('backendUrl', backend.control)
  return backend.close
}
