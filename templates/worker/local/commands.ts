import { writeFileSync } from 'node:fs'
import type { CommandOptions } from './command-options.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'

/** What `npm run dev` starts, as arguments of Node: the tables of the local database first. */
export function listCommands({ port, folder, settings }: CommandOptions): string[][] {
  const file = `${folder}/dev.env`
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`)
  writeFileSync(file, lines.join(''))
  const state = ['--persist-to', `${folder}/wrangler`]
  return [
    [WRANGLER, 'd1', 'migrations', 'apply', 'DB', '--local', ...state],
    [WRANGLER, 'dev', '--ip', '127.0.0.1', '--port', String(port), '--env-file', file, ...state],
  ]
}
