/**
 * The life of one upload: it is started, paused, resumed, given up; its promise ends once.
 */
import { attempt, forget, isOver, type Job, LARGE_FROM_BYTES } from './attempt.ts'
import { confirmStored } from './deliver.ts'
import { createDiagnosis } from './diagnosis.ts'
import { toUploadError, UploadError } from './errors.ts'
import type { Upload, UploadOptions, UploadResult, UploadState } from './options.ts'
import { createMeter } from './progress.ts'
import type { Pool } from './queue.ts'
import { createMemory } from './resume-store.ts'
import { askService, createRun } from './service.ts'
import { createTransport } from './transport.ts'

/** An upload that vanished on the other side starts anew this often. */
const MAX_FRESH_STARTS = 2
/** Telling OSS that an upload is given up is a courtesy: it is tried twice. */
const ABORT_DELAYS_MS = [1000]

const transport = createTransport(createDiagnosis())

interface Outcome {
  promise: Promise<UploadResult>
  resolve: (result: UploadResult) => void
  reject: (error: UploadError) => void
}

function createOutcome(): Outcome {
  const ends = {} as Pick<Outcome, 'resolve' | 'reject'>
  const promise = new Promise<UploadResult>((resolve, reject) => {
    Object.assign(ends, { resolve, reject })
  })
  return { ...ends, promise }
}

/** A listener's mistake is the page's to see, and must not end an upload. */
function tell<T>(listener: ((news: T) => void) | undefined, news: T): void {
  try {
    listener?.(news)
  } catch (error) {
    reportError(error)
  }
}

/** Starts at once. @see uploader.ts for the public doors */
export function startUpload(
  file: Blob,
  options: UploadOptions,
  pool: Pool,
): Upload & Promise<UploadResult> {
  const { signal, method } = options
  const isLarge = method ? method === 'multipart' : file.size >= LARGE_FROM_BYTES
  const meter = createMeter(file.size, (progress) => tell(options.onProgress, progress))
  let state: UploadState = 'idle'
  let sent = 0
  let run = createRun(options, transport)
  /** Counts starts and stops: a run that is no longer the latest has nothing to say. */
  let epoch = 0
  let ended: Promise<void> = Promise.resolve()
  let outcome = createOutcome()

  const job: Job = {
    ...{ file, options, pool, owner: { size: file.size, turns: 0 } },
    memory: createMemory(file, options),
    setState(next, sentBytes = sent) {
      // A stopped request may still report.
      if (/paused|done|stored|failed|aborted/.test(state) && next === 'uploading') return
      sent = sentBytes
      const isNews = next !== state
      state = next
      meter.update(sent, state)
      if (isNews) tell(options.onStateChange, next)
    },
  }

  function settle(next: UploadState): void {
    epoch += 1
    signal?.removeEventListener('abort', abort)
    job.setState(next)
  }

  function fail(error: UploadError): void {
    const isStored = error.code === 'CONFIRM_FAILED'
    settle(error.code === 'ABORTED' ? 'aborted' : isStored ? 'stored' : 'failed')
    // Whoever gave it up knows; nobody must be told of an unhandled rejection.
    if (state === 'aborted') outcome.promise.catch(() => {})
    outcome.reject(error)
  }

  async function work(mine: number): Promise<UploadResult> {
    const leave = await (isLarge ? pool.large : pool.small).enter(job.owner, run.signal)
    try {
      for (let starts = 0; ; starts += 1) {
        try {
          return await attempt(job, run)
        } catch (thrown) {
          const error = toUploadError(thrown, 'send')
          if (epoch !== mine || !isOver(job, error) || starts >= MAX_FRESH_STARTS) throw error
          run = createRun(options, transport)
          const { work } = job
          // It may be over because it is complete: by another tab, or just before a reload.
          const found = work && (await confirmStored(run, work.session).catch(() => undefined))
          await forget(job)
          if (found) return { id: work.id, key: work.key, answer: found.answer, via: found.via }
        }
      }
    } finally {
      leave()
    }
  }

  async function live(mine: number): Promise<void> {
    if (epoch !== mine) return
    try {
      const result = await work(mine)
      if (state === 'aborted') return
      settle('done')
      outcome.resolve(result)
    } catch (thrown) {
      if (epoch === mine) fail(toUploadError(thrown, 'send'))
    }
  }

  function start(): void {
    run = createRun(options, transport)
    epoch += 1
    const mine = epoch
    signal?.addEventListener('abort', abort)
    ended = ended.then(() => live(mine))
    if (signal?.aborted) void abort()
  }

  function pause(): void {
    if (!/idle|signing|uploading/.test(state)) return
    epoch += 1
    job.setState('paused')
    run.stop()
  }

  function resume(): Promise<UploadResult> {
    if (/stored|failed/.test(state)) {
      outcome = createOutcome()
      // The states tell it too: nobody has to take this promise.
      outcome.promise.catch(() => {})
    }
    if (/paused|stored|failed/.test(state)) {
      job.setState('idle')
      start()
    }
    return outcome.promise
  }

  async function abort(): Promise<void> {
    if (/done|aborted/.test(state)) return
    fail(new UploadError('ABORTED', 'abort', { cause: signal?.reason }))
    run.stop()
    await ended
    const { work } = job
    await forget(job)
    if (work?.kind !== 'multipart') return
    const { session } = work
    const farewell = createRun({ ...options, retryDelays: ABORT_DELAYS_MS }, transport)
    await askService(farewell, 'abort', '/abort', { session }).catch(() => {})
  }

  start()
  const face: Upload = {
    file,
    get state() {
      return state
    },
    get progress() {
      return meter.current()
    },
    pause,
    resume,
    abort,
  }
  const { promise } = outcome
  return Object.defineProperties(
    promise,
    Object.getOwnPropertyDescriptors(face),
  ) as typeof promise & Upload
}
