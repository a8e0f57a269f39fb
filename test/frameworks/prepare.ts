/** An application in a folder of its own: installed by its lock file, copied with its recipe, built by its own tools. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { App } from './apps.ts'

const RECIPES = 'docs/examples/frameworks'
const APPS = 'test/frameworks'
/** How often, when a download is cut off. */
const MAX_INSTALLS = 3
/** For one of them; a large framework takes half a minute on a good line. */
const INSTALL_TIMEOUT_MS = 180_000
const BUILD_TIMEOUT_MS = 300_000
/** Bytes of a tool's output. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
/** Characters of its end, for the report of a failure. */
const MAX_REPORT_CHARS = 4000

const run = promisify(execFile)

/** Of the run, and nothing else of this machine's settings. @param home where tools put their caches */
export function buildToolEnv(home: string): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: home,
    CI: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
  }
}

/** @throws {Error} with the end of what it printed */
export async function runTool(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; timeout: number },
): Promise<void> {
  try {
    await run(command, args, { ...options, maxBuffer: MAX_OUTPUT_BYTES })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const output = `${stdout}\n${stderr}`.trim().slice(-MAX_REPORT_CHARS)
    throw new Error(`${command} ${args.join(' ')} failed:\n${output}`, { cause: error })
  }
}

/**
 * What the lock file names is installed as it says; the tarball is added as its users add it.
 *
 * @throws {Error} with the end of what npm printed the last time
 */
export async function installApp(
  app: Pick<App, 'folder'>,
  folder: string,
  tarball: string,
): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  for (let time = 1; ; time += 1) {
    mkdirSync(folder, { recursive: true })
    cpSync(join(APPS, app.folder), folder, { recursive: true })
    try {
      const options = { cwd: folder, env: process.env, timeout: INSTALL_TIMEOUT_MS }
      return await runTool('npm', ['install', tarball, ...flags], options)
    } catch (error) {
      if (time === MAX_INSTALLS) throw error
      console.log(`again   the packages of ${app.folder}: npm failed`)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** In a folder that `installApp` has filled. @throws {Error} with the end of what the tool printed */
export async function buildApp(app: Pick<App, 'recipe' | 'build'>, folder: string): Promise<void> {
  for (const [from, to] of Object.entries(app.recipe)) {
    mkdirSync(dirname(join(folder, to)), { recursive: true })
    cpSync(join(RECIPES, from), join(folder, to), { recursive: true })
  }
  const env = buildToolEnv(folder)
  for (const [command, ...args] of app.build) {
    const program = command === 'node' ? process.execPath : command
    await runTool(program, args, { cwd: folder, env, timeout: BUILD_TIMEOUT_MS })
  }
}

/** As installed. */
export function readVersions(app: App, folder: string): string {
  const list = app.packages.map((name) => {
    const path = join(folder, 'node_modules', name, 'package.json')
    return `${name} ${JSON.parse(readFileSync(path, 'utf8')).version}`
  })
  return list.join(', ')
}
