/** For a service inside a program: what its code brings, so that the doctor needs no variables for it. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Profile } from '../../signer/profile.ts'
import type { OwnParts } from '../config.ts'
import { isSet } from '../env-files.ts'

type Env = Readonly<Record<string, string | undefined>>

async function load(path: string): Promise<unknown> {
  if (/\.json$/i.test(path)) return JSON.parse(await readFile(path, 'utf8'))
  const module: { profiles?: unknown } = await import(pathToFileURL(resolve(path)).href)
  return module.profiles
}

/** @throws {Error} with words for the operator */
async function readProfiles(path: string): Promise<Record<string, Profile>> {
  let profiles: unknown
  try {
    profiles = await load(path)
  } catch (cause) {
    throw new Error(`--profiles ${path} cannot be read, or is no module and no JSON.`, { cause })
  }
  if (typeof profiles !== 'object' || profiles === null) {
    throw new Error(`--profiles ${path} exports no \`profiles\`.`)
  }
  // What is in them, the check of the settings says.
  return profiles as Record<string, Profile>
}

export interface CodeParts extends OwnParts {
  profiles: Record<string, Profile>
}

/**
 * The profiles of a module that exports `profiles`, or of a JSON file. Users and receiver are the program's own, too, where no
 * variable says otherwise; the doctor calls neither.
 *
 * @throws {Error} with words for the operator
 */
export async function readOwnParts(path: string, env: Env): Promise<CodeParts> {
  const hasTokens = ['UPCALL_JWT_SECRET', 'UPCALL_JWT_SECRET_FILE', 'UPCALL_JWKS_URL'].some(
    (name) => isSet(env[name]),
  )
  return {
    profiles: await readProfiles(path),
    ...(!hasTokens && { authenticate: () => undefined }),
    ...(!isSet(env.UPCALL_WEBHOOK_URL) && { onReceipt: () => undefined }),
  }
}
