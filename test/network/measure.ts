/** One cell: a contender with a load on a line, in a page of its own. */
import { randomFillSync } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../browsers/engine.ts'
import type { Backend, Counts } from './backend.ts'
import { type Condition, findLimitMs, type Load } from './conditions.ts'
import type { ContenderName } from './contender-names.ts'
import type { Measured } from './page.ts'

/** A cell that takes so many times its limit is given up, but not before the other. */
const MAX_RATIO = 6
const MIN_TIMEOUT_MS = 60_000
/** The error of such a cell: nothing failed, it only took too long. */
export const GAVE_UP = 'gave up'
const WARM_UP_MS = 300
const POLL_MS = 50

export interface Cell extends Counts {
  /** Until the application's response. */
  ms: number
  /** `ms` ÷ the least that the line allows. */
  ratio: number
  /** Bytes that were sent ÷ bytes of the files. */
  bytesRatio: number
  error?: string
}

/** Random bytes, written once. */
function makeFiles(folder: string, { files, bytes }: Load): string[] {
  return Array.from({ length: files }, (_, at) => {
    const path = join(folder, `${bytes}-${at}.bin`)
    if (!existsSync(path)) writeFileSync(path, randomFillSync(new Uint8Array(bytes)))
    return path
  })
}

/** It takes the certificate of this machine at once: a page that is only told to ignore it connects twice. */
export const CHROMIUM_TRUST = ['--ignore-certificate-errors']

/** @param cells of the same load, at least one. @returns one that failed, else the one with the median time */
export function findMedian(cells: readonly Cell[]): Cell {
  const sorted = [...cells].sort((a, b) => a.ms - b.ms)
  const found = cells.find(({ error }) => error !== undefined) ?? sorted[sorted.length >> 1]
  if (!found) throw new RangeError('No cells')
  return found
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export interface CellOptions {
  engine: Engine
  backend: Backend
  folder: string
  contender: ContenderName
  load: Load
  condition: Condition
}

export async function measureCell(options: CellOptions): Promise<Cell> {
  const { engine, backend, folder, contender, load, condition } = options
  const paths = makeFiles(folder, load)
  const page = await engine.openPage()
  const pageUrl = backend.createPageUrl()
  const limitMs = findLimitMs(load, condition)
  const timeoutMs = Math.max(MIN_TIMEOUT_MS, MAX_RATIO * limitMs)

  /** The page is loaded, connected and idle; then the line is as the condition says. */
  async function open(): Promise<void> {
    backend.setCondition(undefined)
    await page.goto(pageUrl)
    await page.setFiles('#files', paths)
    await page.evaluate((given) => window.connect(given), backend.pageOptions)
    await sleep(WARM_UP_MS)
    backend.setCondition(condition)
  }

  function start(): Promise<Measured> {
    const work = page.evaluate(
      (name, given) => window.measure(name, given),
      contender,
      backend.pageOptions,
    )
    // Not waited for by the process: that of a long video would keep it for minutes after the last cell.
    const late = new Promise((resolve) => setTimeout(resolve, timeoutMs).unref()).then(() => ({
      ms: timeoutMs,
      error: GAVE_UP,
    }))
    return Promise.race([work, late])
  }

  /** Until half of the bytes have passed the line. */
  async function startHalf(): Promise<number> {
    const startedAt = performance.now()
    const running = start().catch(() => undefined)
    const half = (load.files * load.bytes) / 2
    while (backend.readBytes() < half && performance.now() - startedAt < timeoutMs) {
      await sleep(POLL_MS)
    }
    const ms = performance.now() - startedAt
    // Else what the system's buffers hold would arrive at once when the page is gone.
    const end = backend.freeze()
    await page.goto('about:blank')
    end()
    await running
    return ms
  }

  try {
    await open()
    backend.takeCounts()
    let before = 0
    if (load.isReloaded) {
      before = await startHalf()
      await open()
    }
    const measured = await start()
    const counts = backend.takeCounts()
    const ms = before + measured.ms
    return {
      ...counts,
      ms,
      ratio: ms / limitMs,
      bytesRatio: counts.bytes / (load.files * load.bytes),
      ...(measured.error !== undefined && { error: measured.error }),
    }
  } finally {
    backend.setCondition(undefined)
    await page.close()
    // The next page must not find connections that are warm already.
    backend.freeze()()
  }
}
