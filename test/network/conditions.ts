/** The lines and what is sent over them. Sizes in bytes, times in ms; a round trip is there and back. */
import type { LineRules } from './line.ts'

const MBIT = 1_000_000 / 8

export interface Condition extends LineRules {
  name: string
  /** Share of the requests with a body that are cut half-way. */
  cutShare: number
}

function condition(
  name: string,
  [up, down]: [upMbit: number, downMbit: number],
  rttMs: number,
  { jitterMs = 0, cutShare = 0 } = {},
): Condition {
  const [upBytesPerSecond, downBytesPerSecond] = [up * MBIT, down * MBIT]
  return { name, upBytesPerSecond, downBytesPerSecond, rttMs, jitterMs, cutShare }
}

export const CONDITIONS: readonly Condition[] = [
  condition('office', [100, 100], 10),
  condition('home', [20, 100], 25),
  condition('4G', [8, 30], 60, { jitterMs: 30 }),
  condition('train', [2, 8], 150, { cutShare: 0.05 }),
  condition('far', [20, 50], 200, { cutShare: 0.01 }),
]

export interface Load {
  name: string
  files: number
  bytes: number
  /** The page is loaded anew when half of it is sent, and the file chosen again. */
  isReloaded?: boolean
  /** Measured so often; the median counts. @default 1 */
  rounds?: number
}

const KB = 1000
const MB = 1_000_000
/** What a video needs on the line at most, seconds: so that all fits into 40 minutes. The sizes that are used stand in the table. */
export const MAX_SECONDS = 7
/** What the other loads need. */
const MAX_OTHER_SECONDS = 2

/** One short upload is as often late as early by a tenth. */
const SHORT_ROUNDS = 3
/** A video as people have it, sent by ours alone: what a reload costs depends on the size. */
export const WHOLE_VIDEO: Load = { name: 'video', files: 1, bytes: 200 * MB }
/** The lines on which it is sent: a minute and a half at most. */
export const WHOLE_VIDEO_LINES: readonly string[] = ['office', 'home']

/** The loads, smaller on slow lines: first the files get fewer, or smaller where their number is what counts. */
export function planLoads({ upBytesPerSecond }: Condition, maxSeconds = MAX_SECONDS): Load[] {
  const most = upBytesPerSecond * Math.min(MAX_OTHER_SECONDS, maxSeconds)
  const round = (bytes: number) => Math.floor(bytes / KB) * KB
  const video = round(Math.min(200 * MB, upBytesPerSecond * maxSeconds))
  return [
    { name: 'text', files: 1, bytes: 3 * KB, rounds: SHORT_ROUNDS },
    { name: 'photo', files: 1, bytes: round(Math.min(4 * MB, most)), rounds: SHORT_ROUNDS },
    { name: 'photos', files: 50, bytes: round(Math.min(2 * MB, most / 50)) },
    { name: 'small files', files: Math.floor(Math.min(500, most / (40 * KB))), bytes: 40 * KB },
    { name: 'video', files: 1, bytes: video },
    { name: 'reloaded video', files: 1, bytes: video, isReloaded: true },
  ]
}

/**
 * The least time that a load can take, ms: one round trip to the service, one to OSS, and the bytes on the line. The page
 * is connected to both before.
 */
export function findLimitMs(load: Load, { upBytesPerSecond, rttMs }: Condition): number {
  return 2 * rttMs + (1000 * load.files * load.bytes) / upBytesPerSecond
}
