/**
 * An empty project that depends on the packed tarball. Its lock file is cut out of ours, so that `npm ci` asks the
 * registry for nothing that our own `npm ci` did not fetch.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockEntry {
  version: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
  bin?: Record<string, string>
  dev?: boolean
  devOptional?: boolean
  peer?: boolean
}

type Lock = Record<string, LockEntry>

/** Where `name` is found from the package at `from`: the nearest node_modules upwards. */
function resolveEntry(lock: Lock, name: string, from: string): string | undefined {
  const parts = from.split('/node_modules/')
  for (let length = parts.length; length > 0; length -= 1) {
    const path = `${parts.slice(0, length).join('/node_modules/')}/node_modules/${name}`
    if (lock[path]) return path
  }
  return lock[`node_modules/${name}`] ? `node_modules/${name}` : undefined
}

/** The entries of `names` and of all that they need. */
function cutLock(lock: Lock, names: readonly string[]): Lock {
  const found: Lock = {}
  const open = names.map((name) => `node_modules/${name}`)
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entry = lock[path]
    if (!entry || found[path]) continue
    const { dev: _, devOptional: __, peer: ___, ...kept } = entry
    found[path] = kept
    const { dependencies, optionalDependencies, peerDependencies } = entry
    const needs = { ...dependencies, ...optionalDependencies, ...peerDependencies }
    for (const name of Object.keys(needs)) {
      if (entry.peerDependenciesMeta?.[name]?.optional) continue
      const next = resolveEntry(lock, name, path)
      if (next) open.push(next)
    }
  }
  return found
}

/**
 * Installs the tarball, and of our own development dependencies those in `tools`, into `folder`.
 *
 * @returns what npm printed
 */
export function installTarball(folder: string, tarball: string, tools: readonly string[]): string {
  const own = JSON.parse(readFileSync('package.json', 'utf8'))
  const lock: Lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
  const file = 'package.tgz'
  copyFileSync(tarball, join(folder, file))
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  const dependencies = {
    [own.name]: `file:${file}`,
    ...Object.fromEntries(tools.map((name) => [name, lock[`node_modules/${name}`]?.version])),
  }
  const project = { name: 'consumer', version: '1.0.0', type: 'module', dependencies }
  const { version, bin, peerDependencies, peerDependenciesMeta } = own
  const packages = {
    '': project,
    [`node_modules/${own.name}`]: {
      version,
      resolved: `file:${file}`,
      integrity,
      bin,
      dependencies: own.dependencies,
      peerDependencies,
      peerDependenciesMeta,
    },
    ...cutLock(lock, [...Object.keys(own.dependencies), ...tools]),
  }
  const { name } = project
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project))
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name, version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  )
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund']
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}
