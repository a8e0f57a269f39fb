/**
 * Random sequences of everything that can happen to uploads. `SEQUENCES` sets how many (100 of a fixed seed by default,
 * 1 000 of a new one nightly), `SEQUENCES_SEED` which. A failure prints seed and path: `SEQUENCES_SEED=<seed> SEQUENCES_PATH=<path>` repeats it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMMANDS, finish } from './commands.ts'
import { createModel, type Model } from './model.ts'
import { createWorld, type PlantedFault, type World } from './world.ts'

const numRuns = Number(process.env.SEQUENCES ?? 100)
/** Of a hundred random sequences, two in a hundred times none stores an object again: the short run has a seed that does. */
const SHORT_SEED = 429_467_574
const anySeed = process.env.SEQUENCES === undefined ? SHORT_SEED : Date.now() % 2 ** 31
const seed = Number(process.env.SEQUENCES_SEED ?? anySeed)
const path = process.env.SEQUENCES_PATH
const MAX_COMMANDS = 40

/** What the first failed check says. */
const CAUGHT_BY: Record<PlantedFault, RegExp> = {
  overwrites: /the key has an object|an object with a receipt never changes|OBJECT_EXISTS/,
  'first response for other facts': /stored|OBJECT_REPLACED|a refused callback/,
  'subject not bound': /SESSION_INVALID/,
  'forgets on restart': /once|final response|one response|recorded is delivered/,
  'no sweep': /recorded is delivered/,
}

const sequences = fc.commands(COMMANDS, {
  maxCommands: MAX_COMMANDS,
  size: 'max',
  ...(path && { replayPath: path.split('/')[1] ?? '' }),
})

async function run(
  commands: Iterable<fc.AsyncCommand<Model, World>>,
  planted?: PlantedFault,
): Promise<World> {
  const model = createModel()
  const world = await createWorld(planted)
  try {
    await fc.asyncModelRun(() => ({ model, real: world }), commands)
    await finish(model, world)
    return world
  } finally {
    await world.close()
  }
}

describe('any sequence of commands', { timeout: 60_000 + numRuns * 2000 }, () => {
  it('keeps what is promised', async () => {
    let [delivered, callbacks, replaced] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(sequences, async (commands) => {
        const world = await run(commands)
        delivered += world.delivered.length
        callbacks += world.callbacks.length
        replaced += world.replaced.length
      }),
      { numRuns, seed, ...(path && { path: path.split('/')[0] ?? '' }) },
    )
    console.log(
      `sequences: ${numRuns} from seed ${seed}: ${callbacks} callbacks, ${delivered} receipts, ${replaced} replaced`,
    )
    if (!path) expect(Math.min(delivered, callbacks, replaced)).toBeGreaterThan(0)
  })

  it.each(Object.entries(CAUGHT_BY) as [PlantedFault, RegExp][])(
    'catches a planted fault: %s',
    async (planted, words) => {
      const details = await fc.check(
        fc.asyncProperty(sequences, async (commands) => {
          await run(commands, planted)
        }),
        { numRuns: 100, seed, endOnFailure: true },
      )
      expect(String(details.errorInstance)).toMatch(words)
    },
  )
})
