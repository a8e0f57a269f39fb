/** All journeys, and the vectors, on one runtime. */
import { JOURNEYS, type Journey, JWKS_JOURNEY, playJwks } from './journeys.ts'
import type { Runtime } from './runtimes.ts'
import type { Place } from './start.ts'
import { startSurroundings, type TokenKind } from './surroundings.ts'
import type { Outcome } from './table.ts'
import type { VectorReport } from './vectors.ts'

/** No journey takes so long, not even on a busy machine. */
const TIMEOUT_MS = 60_000

async function withTimeout(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

type Played = Pick<Outcome, 'passed' | 'failed'>

async function playSome(
  runtime: Runtime,
  place: Omit<Place, 'buildEnvironment'>,
  tokens: TokenKind,
  journeys: Readonly<Record<string, (journey: Journey) => Promise<void>>>,
): Promise<Played> {
  const around = await startSurroundings()
  const [passed, failed]: [string[], string[]] = [[], []]
  try {
    const buildEnvironment = (url: string) => around.buildEnvironment(url, tokens)
    const running = await runtime.start({ ...place, buildEnvironment })
    try {
      for (const [name, journey] of Object.entries(journeys)) {
        try {
          await withTimeout(journey({ url: running.url, around, dropsLength: runtime.dropsLength }))
          passed.push(name)
        } catch (error) {
          failed.push(`${name}: ${describe(error)}`)
        }
      }
    } finally {
      await running.stop()
    }
  } finally {
    await around.close()
  }
  return { passed, failed }
}

/** The service is started twice: with the secret of users' tokens, and with the address of their keys. */
async function playJourneys(
  runtime: Runtime,
  place: Omit<Place, 'buildEnvironment'>,
): Promise<Played> {
  const first = await playSome(runtime, place, 'HS256', JOURNEYS)
  const second = await playSome(runtime, place, 'ES256', { [JWKS_JOURNEY]: playJwks })
  return {
    passed: [...first.passed, ...second.passed],
    failed: [...first.failed, ...second.failed],
  }
}

async function playVectors(
  runtime: Runtime,
  place: Omit<Place, 'buildEnvironment'>,
): Promise<VectorReport | undefined> {
  const running = await runtime.startVectors?.({ ...place, buildEnvironment: () => ({}) })
  if (!running) return undefined
  try {
    return (await (await fetch(running.url)).json()) as VectorReport
  } finally {
    await running.stop()
  }
}

/** A runtime that does not start has failed. */
export async function playRuntime(
  runtime: Runtime,
  version: string,
  place: Omit<Place, 'buildEnvironment'>,
): Promise<Outcome> {
  try {
    const journeys = await playJourneys(runtime, place)
    const vectors = await playVectors(runtime, place)
    return { runtime, version, ...journeys, ...(vectors && { vectors }) }
  } catch (error) {
    return { runtime, version, passed: [], failed: [describe(error)] }
  }
}
