import { afterEach, expect, it, vi } from 'vitest'
import { drawInTurn } from '../../../client/transform/draw-in-worker.ts'
import { paint } from '../../support/photo.ts'

const OPTIONS = { maxWidth: 10, maxHeight: 10, type: 'image/png', quality: 1, mayKeep: true }
const RealWorker = globalThis.Worker

let workers: Worker[] = []
let running = 0
let most = 0
let onWorker: (() => void) | undefined

/** Counts how many there are at a time. */
function countWorkers(): void {
  class CountedWorker extends RealWorker {
    constructor(url: string | URL) {
      super(url)
      workers.push(this)
      running += 1
      most = Math.max(most, running)
      setTimeout(() => onWorker?.())
    }
    override terminate(): void {
      running -= 1
      super.terminate()
    }
  }
  vi.stubGlobal('Worker', CountedWorker)
}

afterEach(() => {
  vi.unstubAllGlobals()
  workers = []
  running = 0
  most = 0
  onWorker = undefined
})

it('draws one picture at a time, in workers that end', async () => {
  countWorkers()
  const file = await paint(40, 20, 'image/png')
  const results = await Promise.all([1, 2, 3].map(() => drawInTurn(file, OPTIONS, undefined)))
  expect(results.every((blob) => blob instanceof Blob)).toBe(true)
  expect([workers.length, running, most]).toEqual([3, 0, 1])
})

it('passes on the error for what cannot be decoded, and draws nothing on the page', async () => {
  const draw = vi.spyOn(globalThis, 'createImageBitmap')
  await expect(drawInTurn(new Blob(['x']), OPTIONS, undefined)).rejects.toThrow()
  expect(draw).not.toHaveBeenCalled()
  draw.mockRestore()
})

it('ends the worker of what is cancelled; the next one has its turn', async () => {
  countWorkers()
  const file = await paint(3000, 2000, 'image/png')
  const controller = new AbortController()
  // While its worker starts: the drawing itself may be over before a test looks.
  onWorker = () => controller.abort()
  const cancelled = drawInTurn(file, OPTIONS, controller.signal)
  const next = drawInTurn(file, OPTIONS, undefined)
  await expect(cancelled).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await next).toBeInstanceOf(Blob)
  expect(running).toBe(0)
})

it('draws on the page where a worker cannot be loaded', async () => {
  class BlockedWorker extends RealWorker {
    constructor() {
      super('data:text/javascript,throw 1')
    }
  }
  vi.stubGlobal('Worker', BlockedWorker)
  expect(await drawInTurn(await paint(40, 20, 'image/png'), OPTIONS, undefined)).toBeInstanceOf(
    Blob,
  )
})
