#!/usr/bin/env node
/** The command `upcall`: the local OSS, the service, its set-up and check, and what an operator asks a running service. */
import { DOCTOR_HELP, runDoctorCommand } from './doctor/command.ts'
import { EMULATOR_HELP, runEmulator } from './emulator-command.ts'
import { runInitCommand } from './init-command.ts'
import { INIT_HELP } from './init-flags.ts'
import { OPERATOR_HELP, runOperatorCommand } from './operator-commands.ts'
import { PUT_HELP, runPut } from './put-command.ts'
import { runServe, SERVE_HELP } from './serve-command.ts'
import { printFailure, UsageError } from './usage.ts'

async function askOperator(command: 'dead' | 'sweep', args: string[]): Promise<void> {
  process.stdout.write(await runOperatorCommand(command, args, process.env))
}

/** Exit codes of its own: 1 says that a check has failed, 2 that nothing could be checked. */
async function runDoctor(args: string[]): Promise<void> {
  try {
    const { output, exitCode } = await runDoctorCommand(args, process.env)
    process.stdout.write(output)
    process.exitCode = exitCode
  } catch (error) {
    printFailure(error)
    process.exitCode = 2
  }
}

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  emulator: runEmulator,
  init: runInitCommand,
  doctor: runDoctor,
  serve: runServe,
  put: runPut,
  dead: (args) => askOperator('dead', args),
  sweep: (args) => askOperator('sweep', args),
}

const [name, ...args] = process.argv.slice(2)
try {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(
      `${EMULATOR_HELP}${INIT_HELP}${DOCTOR_HELP}${SERVE_HELP}${PUT_HELP}${OPERATOR_HELP}`,
    )
  } else {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!command) {
      const names = Object.keys(COMMANDS).join(', ')
      throw new UsageError(`There is no command ${name}; try ${names}, each with --help.`)
    }
    await command(args)
  }
} catch (error) {
  printFailure(error)
}
