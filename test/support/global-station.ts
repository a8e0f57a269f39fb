/** Starts the station before the browser's tests and tells them where it is. */
import type { TestProject } from 'vitest/node'
import { createStation } from './station.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    stationUrl: string
  }
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const station = await createStation()
  provide('stationUrl', station.control)
  return station.close
}
