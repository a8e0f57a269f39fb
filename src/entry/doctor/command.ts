/** `upcall doctor`: reads options and environment, runs the checks, prints the report. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseArgs, parseEnv } from 'node:util'
import type { Language } from './finding.ts'
import { createNodePorts } from './node-ports.ts'
import type { DoctorPorts } from './ports.ts'
import { printJson, printReport } from './report.ts'
import { runDoctor } from './run-doctor.ts'

export const DOCTOR_HELP = `
Usage: upcall doctor [options]

Checks a set-up: settings, OSS, permissions, CORS, the public URL, one real upload with its callback, webhooks. Run it with
the settings of the service, while the service runs. It stores one small object; what it finds: docs/doctor.md.

  --env-file <file>          settings, one NAME=value a line; variables of the environment win
  --json                     findings as JSON
  --lang <en|zh>             language of the findings                            (by LC_ALL, LANG; else en)

Exit code: 0 nothing failed, 1 something failed, 2 the checks could not run.
`

type Env = Readonly<Record<string, string | undefined>>

export interface DoctorResult {
  output: string
  /** 0, 1 or 2. */
  exitCode: number
}

function chooseLanguage(asked: string | undefined, env: Env): Language {
  if (asked === 'en' || asked === 'zh') return asked
  if (asked !== undefined) throw new Error('--lang wants en or zh.')
  return /^zh/i.test(env.LC_ALL || env.LANG || '') ? 'zh' : 'en'
}

function readEnvFile(path: string): Env {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error('--env-file: the file cannot be read.', { cause })
  }
}

/** @throws {Error} with words for the operator: then nothing was checked */
export async function runDoctorCommand(
  args: string[],
  env: Env,
  ports: DoctorPorts = createNodePorts(),
): Promise<DoctorResult> {
  const { values } = parseArgs({
    args,
    options: {
      'env-file': { type: 'string' },
      json: { type: 'boolean', default: false },
      lang: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { output: DOCTOR_HELP, exitCode: 0 }
  const language = chooseLanguage(values.lang, env)
  const file = values['env-file']
  const all = { ...(file !== undefined && readEnvFile(file)), ...env }
  const findings = await runDoctor(all, ports, { readTextFile: (path) => readFile(path, 'utf8') })
  return {
    output: values.json ? printJson(findings, language) : printReport(findings, language),
    exitCode: findings.some(({ state }) => state === 'fail') ? 1 : 0,
  }
}
