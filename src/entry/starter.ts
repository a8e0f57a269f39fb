/**
 * `upcall init --template`: an application that works, copied from `templates`. A starter is the files of its layers, later
 * ones over earlier ones, with the application's name and this package's version filled in.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { findOwnFolder, OWN_NAME, providePackage } from './own-package.ts'
import { UsageError } from './usage.ts'

export const STARTERS = {
  worker: { title: 'Cloudflare Worker and a plain page', layers: ['shared', 'worker'] },
  next: { title: 'Next.js, app router', layers: ['shared', 'node', 'react', 'next'] },
  'express-react': {
    title: 'Express and React, by Vite',
    layers: ['shared', 'node', 'react', 'express-react'],
  },
  nuxt: { title: 'Nuxt', layers: ['shared', 'node', 'nuxt'] },
} as const
export type StarterName = keyof typeof STARTERS

const NAMES = Object.keys(STARTERS) as StarterName[]
/** Files that name the application, by this word. */
const WITH_NAME = ['package.json', 'wrangler.toml', 'README.md']
const PLACEHOLDER = /app-name/g
/** npm takes no longer one. @see https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name */
const MAX_NAME_CHARS = 214

const isStarter = (name: string): name is StarterName => Object.hasOwn(STARTERS, name)

function listStarters(): string {
  return NAMES.map((name) => `  ${name.padEnd(14)} ${STARTERS[name].title}\n`).join('')
}

/** As npm and Cloudflare allow it: small letters, digits and hyphens. */
function chooseAppName(folder: string): string {
  const words =
    basename(resolve(folder))
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, MAX_NAME_CHARS) || 'app'
}

/** A repository without files counts as empty. */
function checkFolder(folder: string, force: boolean): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory()) throw new UsageError(`${folder} is a file: give a folder.`)
  const names = readdirSync(folder).filter((name) => name !== '.git')
  if (names.length > 0 && !force) {
    throw new UsageError(
      `${folder} is not empty, and nothing was written: give another folder, or --force.`,
    )
  }
}

/**
 * Writes the files of a starter.
 *
 * @param options.force into a folder that has files; those of the same name are overwritten
 * @param options.root of this package
 * @throws {UsageError} before anything is written, when the folder has files
 */
export function copyStarter(
  name: StarterName,
  folder: string,
  { force = false, root = findOwnFolder() }: { force?: boolean; root?: string } = {},
): void {
  checkFolder(folder, force)
  mkdirSync(folder, { recursive: true })
  // First what may fail.
  const own = providePackage(root, folder)
  for (const layer of STARTERS[name].layers) {
    cpSync(join(root, 'templates', layer), folder, { recursive: true })
  }
  // Under its own name npm would not pack it.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'))
  const appName = chooseAppName(folder)
  for (const path of WITH_NAME.map((file) => join(folder, file))) {
    if (!existsSync(path)) continue
    writeFileSync(path, readFileSync(path, 'utf8').replace(PLACEHOLDER, appName))
  }
  const manifest = join(folder, 'package.json')
  const text = readFileSync(manifest, 'utf8')
  writeFileSync(manifest, text.replace(`"${OWN_NAME}": "*"`, `"${OWN_NAME}": "${own}"`))
}

export interface TemplatePorts {
  /** Asks the person at the terminal; absent where there is none. */
  ask?: ((question: string) => Promise<string>) | undefined
  print(text: string): void
}

async function chooseStarter(asked: string, { ask, print }: TemplatePorts): Promise<StarterName> {
  if (isStarter(asked)) return asked
  if (asked === '' && ask) {
    print(`Starters:\n${listStarters()}`)
    return chooseStarter((await ask('Which one: ')).trim() || 'none', { print })
  }
  const words = asked === '' ? '--template wants a name' : `There is no starter ${asked}`
  throw new UsageError(`${words}; there are:\n${listStarters().trimEnd()}`)
}

/** For a shell. */
function quote(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** @param asked name of a starter, or empty */
export async function runTemplate(
  asked: string,
  { folder, force, root = findOwnFolder() }: { folder: string; force: boolean; root?: string },
  ports: TemplatePorts,
): Promise<void> {
  // First what is sure: nobody answers a question in vain.
  checkFolder(folder, force)
  const name = await chooseStarter(asked, ports)
  copyStarter(name, folder, { force, root })
  const commands = [
    ...(resolve(folder) === resolve('.') ? [] : [`cd ${quote(folder)}`]),
    'npm install',
    ...(resolve(folder) === resolve('.') ? ['npm test'] : []),
    'npm run dev',
  ]
  const list = commands.map((command) => `  ${command}\n`).join('')
  ports.print(`Written into ${folder}: ${STARTERS[name].title}.\n\nNext:\n${list}`)
}
