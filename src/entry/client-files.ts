/**
 * The built browser client, from `dist/browser`, as the entry points for Node serve it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type Assets, createMemoryAssets } from '../service/assets.ts'

/** Nothing when it was never built. Looks beside the source, and beside the compiled file. */
export function readClientFiles(): Assets | undefined {
  const folder = ['../../dist/browser/', '../../browser/']
    .map((path) => new URL(path, import.meta.url))
    .find((place) => existsSync(place))
  if (!folder) return undefined
  const names = readdirSync(folder).filter((name) => /\.m?js$|^openapi\.json$/.test(name))
  return createMemoryAssets(
    Object.fromEntries(names.map((name) => [`/${name}`, readFileSync(new URL(name, folder))])),
  )
}
