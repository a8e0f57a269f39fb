/**
 * The built browser client, from `dist/browser`, as the entry points for Node serve it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Assets, createMemoryAssets } from '../service/assets.ts'

/** Not by `new URL(…, import.meta.url)`: bundlers would look for a file of that name while they build. */
function findFolder(): string | undefined {
  const { url } = import.meta
  if (!url?.startsWith('file:')) return undefined
  const here = dirname(fileURLToPath(url))
  return ['../../dist/browser', '../../browser']
    .map((path) => join(here, path))
    .find((folder) => existsSync(folder))
}

/**
 * For the setting `assets`. Nothing where the files are not beside this one: the package was never built, or a bundler
 * has taken this file into its own output. Looks beside the source, and beside the compiled file.
 */
export function readClientFiles(): Assets | undefined {
  const folder = findFolder()
  if (folder === undefined) return undefined
  const names = readdirSync(folder).filter((name) => /\.m?js$|^openapi\.json$/.test(name))
  return createMemoryAssets(
    Object.fromEntries(names.map((name) => [`/${name}`, readFileSync(join(folder, name))])),
  )
}
