/** `upcall doctor`: reads options and environment, runs the checks, prints the report. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readEnvironment } from '../env-files.ts'
import type { Language } from './finding.ts'
import { createNodePorts } from './node-ports.ts'
import { readOwnParts } from './own-parts.ts'
import type { DoctorPorts } from './ports.ts'
import { printJson, printReport } from './report.ts'
import { runDoctor } from './run-doctor.ts'

export const DOCTOR_HELP = `
Usage: upcall doctor [options]

Checks a set-up: settings, OSS, permissions, CORS, the public URL, one real upload with its callback, webhooks. Run it with
the settings of the service, while the service runs. It stores one small object; what it finds: docs/doctor.md.

  --env-file <file>          variables from a file; may be given several times, a later one wins; those of the process win
  --profiles <file>          of a service inside a program: a module that exports profiles, or JSON; users and receiver
                             are the program's own then, where no variable says otherwise
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

/** @throws {Error} with words for the operator: then nothing was checked */
export async function runDoctorCommand(
  args: string[],
  env: Env,
  ports: DoctorPorts = createNodePorts(),
): Promise<DoctorResult> {
  const { values } = parseArgs({
    args,
    options: {
      'env-file': { type: 'string', multiple: true, default: [] },
      profiles: { type: 'string' },
      json: { type: 'boolean', default: false },
      lang: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { output: DOCTOR_HELP, exitCode: 0 }
  const language = chooseLanguage(values.lang, env)
  const all = readEnvironment(values['env-file'], env)
  const findings = await runDoctor(all, ports, {
    readTextFile: (path) => readFile(path, 'utf8'),
    ...(values.profiles !== undefined && { own: await readOwnParts(values.profiles, all) }),
  })
  return {
    output: values.json ? printJson(findings, language) : printReport(findings, language),
    exitCode: findings.some(({ state }) => state === 'fail') ? 1 : 0,
  }
}
