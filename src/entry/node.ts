/** Entry point for Node: `npm start`, the same as `upcall serve`. */
import { runServe } from './serve-command.ts'

await runServe(process.argv.slice(2))
