/** What all commands say when they are asked wrongly, or fail. */

/** The words are for the person who typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Exit code of a command that was asked wrongly, or could not do its work. */
export const FAILURE = 1
/** One line of words, without a stack: what is wrong is not in this code. */
export function printFailure(error: unknown): void {
  const words = error instanceof Error ? error.message : String(error)
  process.stderr.write(`upcall: ${words}\n`)
  process.exitCode = FAILURE
}
