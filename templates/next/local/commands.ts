/** What `npm run dev` starts, as arguments of Node. */
export function listCommands({ port }: { port: number }): string[][] {
  return [['node_modules/next/dist/bin/next', 'dev', '-H', '127.0.0.1', '-p', String(port)]]
}
