/**
 * `npm run check:package`: packs what `npm run build` made, and has `publint` and `attw` look at the tarball.
 *
 * @see https://publint.dev/rules
 * @see https://github.com/arethetypeswrong/arethetypeswrong.github.io
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Tarball {
  path: string
  /** Paths inside the package. */
  files: string[]
}

interface Run {
  ok: boolean
  stdout: string
  /** All that was printed, for people. */
  output: string
}

function run(command: string, args: readonly string[]): Run {
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  })
  const output = [stdout, stderr, error?.message].filter(Boolean).join('\n')
  return { ok: status === 0, stdout, output }
}

/**
 * Packs into `folder`, without building.
 *
 * @throws {Error} when something that package.json exports was not built, or npm fails
 */
export function packPackage(folder: string): Tarball {
  const { exports }: { exports: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const missing = Object.values(exports).filter((path) => !existsSync(join(ROOT, path)))
  if (missing.length > 0) throw new Error(`dist is missing or old (${missing}): npm run build`)
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { ok, stdout, output } = run('npm', args)
  if (!ok) throw new Error(`npm pack failed:\n${output}`)
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout)
  if (!packed) throw new Error('npm pack wrote no tarball.')
  return { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) }
}

/** All exports are ESM, as package.json says; how CommonJS would resolve them is no question. */
export function checkTarball(path: string): Record<'publint' | 'attw', Run> {
  return {
    publint: run('publint', [path, '--strict']),
    attw: run('attw', [path, '--profile', 'esm-only', '--no-color', '--no-emoji']),
  }
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-pack-'))
  try {
    const { path, files } = packPackage(folder)
    console.log(`${files.length} files in the package`)
    for (const [name, { ok, output }] of Object.entries(checkTarball(path))) {
      console.log(`${name}: ${ok ? 'good' : output}`)
      if (!ok) process.exitCode = 1
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
