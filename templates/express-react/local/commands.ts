import type { CommandOptions } from './command-options.ts'

/** What `npm run dev` starts, as arguments of Node. */
export function listCommands(_: CommandOptions): string[][] {
  return [['--watch', '--watch-path=server', 'server/main.ts']]
}
