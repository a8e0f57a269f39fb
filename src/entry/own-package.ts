/**
 * This package, as a new application names it among its dependencies: by its version, or as a tarball in the application's
 * own folder where npm's registry may not have this version – in a clone, and when it was installed from a file.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './usage.ts'

export const OWN_NAME = 'oss-upcall'

/** The folder with our package.json: two levels above the source, three above the compiled file. */
export function findOwnFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const folder = ['../..', '../../..']
    .map((path) => resolve(here, path))
    .find((path) => existsSync(join(path, 'templates')))
  if (folder === undefined) {
    throw new UsageError(`The starters are missing beside ${here}: install ${OWN_NAME} anew.`)
  }
  return folder
}

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return String(version)
}

function pack(root: string, folder: string): string {
  if (!existsSync(join(root, 'dist/src/entry/cli.js'))) {
    throw new UsageError('This clone is not built: npm run build.')
  }
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', resolve(folder)]
  const isWindows = process.platform === 'win32'
  return execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell: isWindows }).trim()
}

/** As npm noted it when it installed the package at `root`; nothing where it came from a registry. */
function findTarball(root: string): string | undefined {
  const modules = dirname(root)
  const list = join(modules, '.package-lock.json')
  if (!existsSync(list)) return undefined
  const { packages } = JSON.parse(readFileSync(list, 'utf8'))
  const from: unknown = packages?.[`node_modules/${basename(root)}`]?.resolved
  if (typeof from !== 'string' || !from.startsWith('file:')) return undefined
  const path = resolve(dirname(modules), from.slice('file:'.length))
  return path.endsWith('.tgz') && existsSync(path) ? path : undefined
}

/**
 * Puts a tarball into the folder where one is needed.
 *
 * @param root of this package
 * @returns the version for package.json, e.g. `1.2.3` or `file:oss-upcall-1.2.3.tgz`
 */
export function providePackage(root: string, folder: string): string {
  if (!root.split(sep).includes('node_modules')) return `file:${pack(root, folder)}`
  const tarball = findTarball(root)
  if (tarball === undefined) return readVersion(root)
  copyFileSync(tarball, join(folder, basename(tarball)))
  return `file:${basename(tarball)}`
}
