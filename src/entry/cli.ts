#!/usr/bin/env node
/** The command `upcall`: the local OSS, the service, its set-up, and what an operator asks a running service. */
import { EMULATOR_HELP, runEmulator } from './emulator-command.ts'
import { INIT_HELP, runInitCommand } from './init-command.ts'
import { OPERATOR_HELP, runOperatorCommand } from './operator-commands.ts'
import { runServe, SERVE_HELP } from './serve-command.ts'
import { printFailure, UsageError } from './usage.ts'

async function askOperator(command: 'dead' | 'sweep', args: string[]): Promise<void> {
  process.stdout.write(await runOperatorCommand(command, args, process.env))
}

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  emulator: runEmulator,
  init: runInitCommand,
  serve: runServe,
  dead: (args) => askOperator('dead', args),
  sweep: (args) => askOperator('sweep', args),
}

const [name, ...args] = process.argv.slice(2)
try {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(`${EMULATOR_HELP}${INIT_HELP}${SERVE_HELP}${OPERATOR_HELP}`)
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
