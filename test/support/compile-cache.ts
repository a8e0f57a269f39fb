/**
 * For a Node process that a test starts with an environment of its own: where compiled code is found, so that it is ready
 * in a third of the time. `test/vitest.config.ts` names the folder; elsewhere there is none.
 */
const { NODE_COMPILE_CACHE } = process.env

export const COMPILE_CACHE: Readonly<Record<string, string>> = NODE_COMPILE_CACHE
  ? { NODE_COMPILE_CACHE }
  : {}
