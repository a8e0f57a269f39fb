import type { CommandOptions } from './command-options.ts'

/** What `npm run dev` starts, as arguments of Node. */
export function listCommands({ port }: CommandOptions): string[][] {
  const address = ['--host', '127.0.0.1', '--port', String(port)]
  return [['node_modules/nuxt/bin/nuxt.mjs', 'dev', ...address]]
}
