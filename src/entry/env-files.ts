/**
 * The environment of a command: files of `--env-file`, the process's own variables, which win, and secrets in files
 * of their own, named by `…_FILE`, as Docker and Kubernetes hand them out. All issues at once; no value is quoted.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import * as util from 'node:util'
import { ConfigError } from '../service/errors.ts'

export type Environment = Record<string, string>

/** Bytes; a profile list of 100 entries has about 20 000. */
const MAX_FILE_BYTES = 1024 * 1024

/** Secrets, and the one long text: each may stand in a file that `NAME_FILE` names. */
export const FILE_VARIABLES = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
  'OSS_ACCESS_KEY_ID',
  'OSS_ACCESS_KEY_SECRET',
  'OSS_SESSION_TOKEN',
  'UPCALL_JWT_SECRET',
  'UPCALL_METRICS_TOKEN',
  'UPCALL_OPERATOR_TOKEN',
  'UPCALL_POSTGRES_URL',
  'UPCALL_PROFILES',
  'UPCALL_REDIS_URL',
  'UPCALL_SECRET',
  'UPCALL_WEBHOOK_SECRETS',
] as const

/** A pipe has no size beforehand: what is read is counted. */
function readLimited(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(MAX_FILE_BYTES + 1)
    let length = 0
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null)
      length += read
      if (length > MAX_FILE_BYTES) throw new RangeError('too large')
      if (read === 0) return new TextDecoder().decode(bytes.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
}

/** The words of an issue: the code of the system, e.g. ENOENT, and never a piece of the file. */
function describe(error: unknown): string {
  if (error instanceof RangeError) return `has more than ${MAX_FILE_BYTES} bytes`
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return `cannot be read (${code})`
}

function readEnvFile(path: string, issues: string[]): Environment {
  // Since Node 20.12.
  if (typeof util.parseEnv !== 'function') {
    issues.push('--env-file needs Node 20.12 or later; set the variables of the process instead.')
    return {}
  }
  try {
    return util.parseEnv(readLimited(path)) as Environment
  } catch (error) {
    issues.push(`The file of --env-file ${path} ${describe(error)}.`)
    return {}
  }
}

export function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== ''
}

/** Without the line break that editors put at the end. */
function readSecretFile(name: string, path: string, issues: string[]): string | undefined {
  let text: string
  try {
    text = readLimited(path.trim()).replace(/\r?\n$/, '')
  } catch (error) {
    issues.push(`${name}_FILE names a file that ${describe(error)}.`)
    return undefined
  }
  if (isSet(text)) return text
  issues.push(`${name}_FILE names a file that is empty.`)
  return undefined
}

/**
 * @param files of `--env-file`; a later one wins over an earlier one
 * @param own of the process
 * @throws {ConfigError} with everything that cannot be read
 */
export function readEnvironment(
  files: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Environment {
  const issues: string[] = []
  const env: Environment = Object.assign({}, ...files.map((path) => readEnvFile(path, issues)))
  for (const [name, value] of Object.entries(own)) if (value !== undefined) env[name] = value
  for (const name of FILE_VARIABLES) {
    const path = env[`${name}_FILE`]
    if (!isSet(path)) continue
    if (isSet(env[name])) {
      issues.push(`${name} and ${name}_FILE are both set; leave one out.`)
      continue
    }
    const secret = readSecretFile(name, path, issues)
    if (secret !== undefined) env[name] = secret
  }
  if (issues.length > 0) throw new ConfigError(issues)
  return env
}
