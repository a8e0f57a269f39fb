/**
 * The life of one upload: it is started, paused, resumed, given up; its promise ends once.
 */

import { createDiagnosis } from '../http/diagnosis.ts'
import { isExpired, toFinalState, toUploadError, UploadError } from '../http/errors.ts'
import { askService, createRun } from '../http/service-client.ts'
import { sendByXhr } from '../http/transport.ts'
import type { Upload, UploadOptions, UploadResult, UploadState } from '../options.ts'
import { attempt, type Job, LARGE_FROM_BYTES } from './attempt.ts'
import { confirmStored } from './deliver.ts'
import { createMeter } from './progress.ts'
import type { Pool } from './queue.ts'
import { createMemory } from './resume-store.ts'

/** An upload that vanished on the other side starts anew this often. */
const MAX_FRESH_STARTS = 2
/** Telling OSS that an upload is given up is a courtesy: it is tried twice. */
const ABORT_DELAYS_MS = [1000]

const transport = createDiagnosis(sendByXhr)

/** The face without `readonly`: this file alone writes it. */
type Face = { -readonly [Name in keyof Upload]: Upload[Name] }

/** Starts at once. @see uploader.ts for the public doors */
export function startUpload(
  file: Blob,
  options: UploadOptions,
  pool: Pool,
): Upload & Promise<UploadResult> {
  const { signal, method } = options
  const isLarge = method ? method === 'multipart' : file.size >= LARGE_FROM_BYTES
  const measure = createMeter(file.size, options.onProgress)
  const memory = createMemory(file, options)
  const owner = { size: file.size, turns: 0 }
  const job: Job = {}
  let sent = 0
  let run = createRun(options, transport)
  /** End of the last run. */
  let ended: Promise<void> = Promise.resolve()
  let resolve: (result: UploadResult) => void
  let reject: (error: UploadError) => void
  const openOutcome = () =>
    new Promise<UploadResult>((yes, no) => {
      resolve = yes
      reject = no
    })
  let outcome = openOutcome()

  function setState(next: UploadState, sentBytes = sent): void {
    const isNews = next !== face.state
    // The next upload's parts will fit to what this one saw last.
    if (next === 'completing') void memory.saveSpeed(face.progress.speed)
    sent = sentBytes
    face.state = next
    try {
      if (isNews) options.onStateChange?.(next)
      face.progress = measure(sent, next)
    } catch (error) {
      // A listener's mistake is the page's to see, and must not end an upload.
      reportError(error)
    }
  }

  const isAborted = () => face.state === 'aborted'
  /** Somebody has taken over: what a run says after that does not count. */
  const isStopped = () => /idle|paused|aborted/.test(face.state)

  function settle(next: UploadState): void {
    signal?.removeEventListener('abort', abort)
    setState(next)
  }

  function fail(error: UploadError): void {
    settle(toFinalState(error))
    // Whoever gave it up knows; nobody must be told of an unhandled rejection.
    if (isAborted()) outcome.catch(() => {})
    reject(error)
  }

  /** The other side has no such upload any more, or took other bytes: only a new one can help. */
  function isOver(error: UploadError): boolean {
    const { code } = error
    return (
      /^(SESSION_|UPLOAD_GONE|NoSuchUp|OBJECT_MIS)/.test(code) ||
      (job.work?.kind !== 'multipart' && (isExpired(error) || code === 'CHECKSUM_MISMATCH'))
    )
  }

  async function forget(): Promise<void> {
    job.work = undefined
    job.isStored = false
    await memory.save()
  }

  async function work(): Promise<UploadResult> {
    const leave = await (isLarge ? pool.large : pool.small).enter(owner, run.signal)
    try {
      for (let starts = 0; ; starts += 1) {
        try {
          const { signal: stopped } = run
          return await attempt(file, options, run, job, memory, {
            takeTurn: () => pool.requests.enter(owner, stopped),
            // A stopped request may still report.
            setState: (next, sentBytes) => stopped.aborted || setState(next, sentBytes),
          })
        } catch (thrown) {
          const error = toUploadError(thrown, 'send')
          if (isStopped() || !isOver(error) || starts >= MAX_FRESH_STARTS) throw error
          run = createRun(options, transport)
          // It may be over because it is complete: by another tab, or just before a reload.
          const { id = '', key = '', session } = job.work ?? {}
          const found = session && (await confirmStored(run, session).catch(() => undefined))
          if (found) return { ...found, id, key }
          // Paused in between: what the service would have said is still to be asked.
          if (isStopped()) throw error
          await forget()
        }
      }
    } finally {
      leave()
    }
  }

  async function live(): Promise<void> {
    if (face.state !== 'idle') return
    try {
      const result = await work()
      if (isAborted()) return
      await forget()
      settle('done')
      resolve(result)
    } catch (thrown) {
      if (!isStopped()) fail(toUploadError(thrown, 'send'))
    }
  }

  function start(): void {
    run = createRun(options, transport)
    signal?.addEventListener('abort', abort)
    ended = ended.then(live)
    if (signal?.aborted) void abort()
  }

  async function abort(): Promise<void> {
    if (/done|aborted/.test(face.state)) return
    fail(new UploadError('ABORTED', 'abort', { cause: signal?.reason }))
    run.stop()
    await ended
    const { kind, session } = job.work ?? {}
    await forget()
    if (kind !== 'multipart') return
    const farewell = createRun({ ...options, retryDelays: ABORT_DELAYS_MS }, transport)
    await askService(farewell, 'abort', '/abort', { session }).catch(() => {})
  }

  const face: Face & Promise<UploadResult> = Object.assign(outcome, {
    file,
    state: 'idle' as UploadState,
    progress: measure(0, 'idle'),
    abort,
    pause() {
      if (!/idle|signing|uploading/.test(face.state)) return
      setState('paused')
      run.stop()
    },
    async resume() {
      if (/stored|failed/.test(face.state)) {
        outcome = openOutcome()
        // The states tell it too: nobody has to take this promise.
        outcome.catch(() => {})
      }
      if (/stored|failed|paused/.test(face.state)) {
        setState('idle')
        start()
      }
      return outcome
    },
  })
  start()
  return face
}
