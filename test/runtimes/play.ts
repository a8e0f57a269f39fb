/** All journeys, and the vectors, on one runtime. */
import { createBearer } from '../support/bearer.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { CALL_NAMES } from './call-names.ts'
import {
  JOURNEYS,
  type Journey,
  JWKS_JOURNEY,
  playJwks,
  playRestart,
  RESTART_JOURNEY,
} from './journeys.ts'
import type { Runtime } from './runtimes.ts'
import type { Place, Running } from './start.ts'
import { startSurroundings, type TokenKind } from './surroundings.ts'
import type { Outcome } from './table.ts'
import type { VectorReport } from './vectors.ts'

/** No journey takes so long, not even on a busy machine. */
const TIMEOUT_MS = 60_000

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, timeout])
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

/** Killed with SIGKILL, and started again on the same data. */
async function playKill(runtime: Runtime, place: Omit<Place, 'buildEnvironment'>): Promise<Played> {
  const around = await startSurroundings()
  const start = () => runtime.start({ ...place, buildEnvironment: around.buildEnvironment })
  let running: Running | undefined
  try {
    running = await start()
    const { url } = running
    const restart = async () => {
      await running?.stop()
      running = await start()
    }
    await withTimeout(playRestart({ url, around }, restart))
    return { passed: [RESTART_JOURNEY], failed: [] }
  } catch (error) {
    return { passed: [], failed: [`${RESTART_JOURNEY}: ${describe(error)}`] }
  } finally {
    await running?.stop()
    await around.close()
  }
}

/** The service is started with the secret of users' tokens, with the address of their keys, and after a SIGKILL. */
async function playJourneys(
  runtime: Runtime,
  place: Omit<Place, 'buildEnvironment'>,
): Promise<Played> {
  const all = [
    await playSome(runtime, place, 'HS256', JOURNEYS),
    await playSome(runtime, place, 'ES256', { [JWKS_JOURNEY]: playJwks }),
  ]
  if (runtime.hasDisk) all.push(await playKill(runtime, place))
  return {
    passed: all.flatMap(({ passed }) => passed),
    failed: all.flatMap(({ failed }) => failed),
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

/** With the bucket's keys, and with tickets of a service that runs on the same runtime. */
async function playCalls(
  runtime: Runtime,
  place: Omit<Place, 'buildEnvironment'>,
): Promise<Played | undefined> {
  if (!runtime.startCalls) return undefined
  const around = await startSurroundings()
  const [passed, failed]: [string[], string[]] = [[], []]
  const stops: (() => Promise<void>)[] = [around.close]
  try {
    const service = await runtime.start({ ...place, buildEnvironment: around.buildEnvironment })
    stops.unshift(service.stop)
    const env = {
      OSS_ENDPOINT: around.oss.url,
      OSS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
      OSS_ACCESS_KEY_SECRET: ACCESS_KEY.accessKeySecret,
      CALLBACK_URL: around.callbackUrl,
      SERVICE_URL: service.url,
      TOKEN: await createBearer({ now: new Date() }),
      FOLDER: `data-${runtime.runtime}/calls`,
    }
    const calls = await runtime.startCalls({ ...place, buildEnvironment: () => env })
    stops.unshift(calls.stop)
    for (const name of CALL_NAMES) {
      const said = await withTimeout(
        fetch(`${calls.url}/${encodeURIComponent(name)}`).then((response) => response.text()),
      )
      if (said === 'ok') passed.push(name)
      else failed.push(`${name}: ${said}`)
    }
    return { passed, failed }
  } finally {
    for (const stop of stops) await stop()
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
    const calls = await playCalls(runtime, place)
    return { runtime, version, ...journeys, ...(vectors && { vectors }), ...(calls && { calls }) }
  } catch (error) {
    return { runtime, version, passed: [], failed: [describe(error)] }
  }
}
