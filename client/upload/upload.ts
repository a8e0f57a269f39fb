/**
 * The life of one upload: it is started, paused, resumed, cancelled; its promise settles once.
 */
import { createDiagnosis } from '../http/diagnosis.ts'
import { toFinalState, toUploadError, UploadError } from '../http/errors.ts'
import { createRun, type Run } from '../http/run.ts'
import { sendByXhr } from '../http/transport.ts'
import type {
  RetryInfo,
  TransportRequest,
  TransportResponse,
  Upload,
  UploadOptions,
  UploadResult,
  UploadState,
} from '../options.ts'
import { type Job, LARGE_FROM_BYTES, type SetState } from './attempt.ts'
import { abortOnOss, finishJob, forgetWork } from './finish-job.ts'
import { createMeter } from './progress.ts'
import type { Pool } from './queue.ts'
import { createResumeRecord } from './resume-store.ts'
import { transformFile } from './transform-file.ts'
import { FINAL, PAUSABLE, RESUMABLE } from './transitions.ts'

const sendAndDiagnose = createDiagnosis(sendByXhr)

/** Mutable view of the public `Upload` handle; only this file assigns to it. */
type MutableUpload = { -readonly [Name in keyof Upload]: Upload[Name] }

/** Starts at once. @see uploader.ts for the public functions */
export function startUpload(
  file: Blob,
  options: UploadOptions,
  pool: Pool,
): Upload & Promise<UploadResult> {
  const { signal, method, transport = sendAndDiagnose } = options
  /** Undefined once it is done. */
  let { transform } = options
  const isLarge = method ? method === 'multipart' : file.size >= LARGE_FROM_BYTES
  const gate = isLarge ? pool.large : pool.small
  const job: Job = { file, turns: 0, options, record: createResumeRecord(file, options) }
  const measure = createMeter(job, options.onProgress)
  let sent = 0
  let run: Run
  /** Settles at the end of the last run. */
  let ended: Promise<void> = Promise.resolve()
  let resolveOutcome: (result: UploadResult) => void
  let rejectOutcome: (error: UploadError) => void
  const createOutcome = () =>
    new Promise<UploadResult>((resolve, reject) => {
      resolveOutcome = resolve
      rejectOutcome = reject
    })
  let outcome = createOutcome()

  const isWaiting = () => handle.state === 'offline' || handle.state === 'retrying'
  let stateBeforeWait: UploadState
  let requestsOnTheWay = 0

  /** The next attempt waits. While other requests are on their way, the upload as a whole does not. */
  function onRetry(info: RetryInfo): void {
    options.onRetry?.(info)
    const { delayMs, isOffline } = info
    if (requestsOnTheWay || !delayMs) return
    if (!isWaiting()) stateBeforeWait = handle.state
    setState(isOffline ? 'offline' : 'retrying', sent, false, Date.now() + delayMs)
  }

  /** Requests with file bytes wait for their turn among all files of the pool. */
  async function sendInTurn(request: TransportRequest): Promise<TransportResponse> {
    const { stage, onSent } = request
    const leave = stage === 'send' && (await pool.requests.enter(job, request.signal))
    requestsOnTheWay += 1
    if (isWaiting()) setState(stateBeforeWait)
    try {
      if (!leave || !onSent) return await transport(request)
      const onSentInTurn: typeof onSent = (sentBytes, totalBytes) => {
        // The next may send while this waits for its response.
        if (sentBytes === totalBytes) leave(true)
        onSent(sentBytes, totalBytes)
      }
      return await transport({ ...request, onSent: onSentInTurn })
    } finally {
      requestsOnTheWay -= 1
      if (leave) leave()
    }
  }

  function setState(
    next: UploadState,
    sentBytes = sent,
    isComplete?: boolean,
    nextAttemptAt?: number,
  ): void {
    const isNew = next !== handle.state
    // The part size of the next upload follows from the speed of this one.
    const { speed } = handle.progress
    if (next === 'completing' && speed) void job.record.saveSpeed(speed)
    sent = sentBytes
    handle.state = next
    try {
      handle.progress = measure(sent, next, isComplete, nextAttemptAt)
      if (isNew) options.onStateChange?.(next)
    } catch (error) {
      // An error in the page's listener is reported to the page and does not end the upload.
      reportError(error)
    }
  }

  function settle(next: UploadState, isComplete?: boolean): void {
    signal?.removeEventListener('abort', abort)
    setState(next, sent, isComplete)
  }

  function fail(error: UploadError): void {
    const state = toFinalState(error)
    settle(state)
    // The caller that cancelled it knows: without a handler this must not be reported as unhandled.
    if (state === 'aborted') outcome.catch(() => {})
    rejectOutcome(error)
  }

  /** One run in its turn among the files of the pool. After a stop, whatever happens in it has no effect any more. */
  async function live(own: Run): Promise<void> {
    const isStopped = () => own.signal.aborted
    let leave: (() => void) | undefined
    if (isStopped()) return
    try {
      leave = await gate.enter(job, own.signal)
      // Requests of a stopped run may still report.
      const report: SetState = (next, sentBytes) => isStopped() || setState(next, sentBytes)
      if (transform) {
        report('preparing')
        own.file = await transformFile(file, transform, own.signal)
        job.file = own.file
        transform = undefined
      }
      const result = await finishJob(job, own, report)
      if (isStopped()) return
      const isFinal = result.delivery === 'done'
      settle(isFinal ? 'done' : 'stored', true)
      // Not final: resume() still needs the work. Another upload of the same file is a new one in both cases.
      await (isFinal ? forgetWork(job) : job.record.save())
      resolveOutcome(result)
    } catch (thrown) {
      if (!isStopped()) fail(toUploadError(thrown, 'send'))
    } finally {
      leave?.()
    }
  }

  function start(): void {
    const own = createRun(job.file, { ...options, onRetry }, sendInTurn)
    run = own
    signal?.addEventListener('abort', abort)
    ended = ended.then(() => live(own))
    if (signal?.aborted) void abort()
  }

  function pause(): void {
    if (!PAUSABLE.includes(handle.state)) return
    setState('paused')
    run.stop()
  }

  async function resume(): Promise<UploadResult> {
    if (RESUMABLE.includes(handle.state)) {
      if (handle.state !== 'paused') {
        outcome = createOutcome()
        // The states report it too: the caller need not use this promise.
        outcome.catch(() => {})
      }
      setState('idle')
      start()
    }
    return outcome
  }

  async function abort(): Promise<void> {
    if (FINAL.includes(handle.state)) return
    fail(new UploadError('ABORTED', 'abort', { cause: signal?.reason }))
    run.stop()
    await ended
    const { work: cancelled } = job
    await forgetWork(job)
    await abortOnOss(cancelled, job, transport)
  }

  const handle: MutableUpload & Promise<UploadResult> = Object.assign(outcome, {
    file,
    state: 'idle' as UploadState,
    progress: measure(0, 'idle'),
    pause,
    resume,
    abort,
  })
  start()
  return handle
}
