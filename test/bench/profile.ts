/** What costs what: the CPU profile of a piece of work, as shares by place. */
import { type Profiler, Session } from 'node:inspector/promises'
import type { Profile } from './report.ts'

/** Microseconds between two samples. */
const INTERVAL = 200
const MOST_SHARES = 16

/** Where a sample was taken, in words that do not depend on the machine. */
export function namePlace({ url, functionName }: Profiler.ProfileNode['callFrame']): string {
  const library = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (library) return library
  const ours = /\/((?:src|test\/bench)\/.+)$/.exec(url)?.[1]
  if (ours) return ours
  if (url.startsWith('node:')) return url.replace(/^(node:[\w-]+(?:\/\w+)?).*$/, '$1')
  return functionName.startsWith('(') ? functionName : 'the engine'
}

type Frame = Profiler.ProfileNode['callFrame']

function findParents(nodes: readonly Profiler.ProfileNode[]): Map<number, number> {
  return new Map(nodes.flatMap(({ id, children }) => children?.map((one) => [one, id]) ?? []))
}

/** Every sample's frame; work of the engine itself counts for the nearest script above it in the stack. */
function attribute(nodes: readonly Profiler.ProfileNode[], toCaller: boolean): Map<number, Frame> {
  const parents = findParents(nodes)
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  if (!toCaller) return frames
  const attributed = new Map<number, Frame>()
  for (const [id, own] of frames) {
    let at: number | undefined = id
    while (at !== undefined && !frames.get(at)?.url) at = parents.get(at)
    attributed.set(id, (at === undefined ? undefined : frames.get(at)) ?? own)
  }
  return attributed
}

/** Shares of the time that was not idle, by file and package; or function by function. */
export function sumShares(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  place: (frame: Frame) => string = namePlace,
): Profile['shares'] {
  const frames = attribute(nodes, place === namePlace)
  const times = new Map<string, number>()
  let whole = 0
  samples.forEach((id, at) => {
    const frame = frames.get(id)
    const time = timeDeltas[at] ?? 0
    if (!frame || frame.functionName === '(idle)' || frame.functionName === '(program)') return
    whole += time
    const name = place(frame)
    times.set(name, (times.get(name) ?? 0) + time)
  })
  return [...times]
    .map(([name, time]) => ({ name, percent: (100 * time) / whole }))
    .sort((a, b) => b.percent - a.percent)
    .slice(0, MOST_SHARES)
}

/** Steps of a request by the place of their code; a sample counts for the innermost step in its stack. */
const STEPS: readonly (readonly [label: string, place: RegExp])[] = [
  ['the socket: writing the response', /stream_base_commons/],
  ['bearer token', /src\/service\/(?:auth|jwt-hs256|token-cache|jwks)\.ts/],
  ['body: read, parsed, checked', /src\/service\/body\.ts/],
  ['the profile’s rules, the key', /src\/signer\/admit-upload\.ts/],
  ['session and seal: two HMACs, a hash', /src\/signer\/(?:session|seal|token)\.ts/],
  ['facts of the object: AES-GCM', /src\/signer\/object-facts\.ts|src\/protocol\/crypto-aead\.ts/],
  ['rate limits', /src\/service\/(?:rate|quota)[\w-]*\.ts/],
  ['policy: JSON, Base64, an HMAC', /src\/protocol\/post-policy\.ts/],
  ['ticket: the rest, and its JSON', /src\/signer\/|src\/service\/uploads\.ts/],
  ['headers, request id, origin', /src\/service\/(?:response|app|create-service)\.ts/],
]

/** Shares of the time that was not idle, by step of the request. */
export function sumSteps({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Profile['shares'] {
  const parents = findParents(nodes)
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const known = new Map<number, string>()
  function findStep(id: number): string {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const url = frames.get(at)?.url ?? ''
      const step = STEPS.find(([, place]) => place.test(url))
      if (step) return step[0]
    }
    const { functionName = '' } = frames.get(id) ?? {}
    return functionName === '(garbage collector)' ? functionName : 'HTTP, hono and everything else'
  }
  const times = new Map<string, number>()
  let whole = 0
  samples.forEach((id, at) => {
    if (/^\((?:idle|program)\)$/.test(frames.get(id)?.functionName ?? '')) return
    const step = known.get(id) ?? findStep(id)
    known.set(id, step)
    whole += timeDeltas[at] ?? 0
    times.set(step, (times.get(step) ?? 0) + (timeDeltas[at] ?? 0))
  })
  return [...times]
    .map(([name, time]) => ({ name, percent: (100 * time) / whole }))
    .sort((a, b) => b.percent - a.percent)
}

/** Starts the profiler; the returned function stops it. */
export async function startProfile(): Promise<() => Promise<Profiler.Profile>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return profile
  }
}

/** Function by function, with the file it is in. */
export function nameFunction(frame: Profiler.ProfileNode['callFrame']): string {
  const { functionName } = frame
  return functionName === '' || functionName.startsWith('(')
    ? namePlace(frame)
    : `\`${functionName}\` · ${namePlace(frame)}`
}
