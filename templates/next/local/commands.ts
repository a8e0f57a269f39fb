import type { CommandOptions } from './command-options.ts'

/** What `npm run dev` starts, as arguments of Node. */
export function listCommands({ port }: CommandOptions): string[][] {
  return [['node_modules/next/dist/bin/next', 'dev', '-H', '127.0.0.1', '-p', String(port)]]
}
