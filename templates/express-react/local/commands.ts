/** What `npm run dev` starts, as arguments of Node. */
export function listCommands(_: { port: number }): string[][] {
  return [['--watch', '--watch-path=server', 'server/main.ts']]
}
