/** The list of uploads: each with its row, its trace, and its buttons. */
import { mayTryAgain } from '../element/row.ts'
import type { UploadError, Uploader, UploadResult } from '../index.ts'
import { find, removeItem } from './find.ts'
import { onLanguage, say } from './language.ts'
import { describeFailure } from './reasons.ts'
import { createUploadRow, type UploadView } from './rows.ts'
import type { Stage } from './stage.ts'
import {
  beginAgain,
  createTrace,
  readPageClockMs,
  setState,
  settleDone,
  settleFailed,
  type Trace,
} from './trace.ts'
import type { Tracing } from './tracing.ts'
import type { UnfinishedStore } from './unfinished.ts'

export interface UploadListOptions {
  uploader: Uploader
  tracing: Tracing
  stage: Stage
  unfinished: UnfinishedStore
  /** An upload waits for the application. */
  onAccepted(): void
}

export interface UploadList {
  start(file: File, profile: string): void
  /** The application has responded. */
  onApplication(news: { id: string; response: unknown }): void
  /** The trace has changed: of the list, or of another part of the page. */
  showTrace(trace: Trace): void
}

export function createUploadList({
  uploader,
  tracing,
  stage,
  unfinished,
  onAccepted,
}: UploadListOptions): UploadList {
  const list = find(document, '#uploads', HTMLOListElement)
  const status = find(document, '#status', HTMLElement)
  /** Uploads that wait for the application, by id. */
  const waiting = new Map<string, (response: unknown) => void>()
  const shows = new Map<Trace, () => void>()

  function showTrace(trace: Trace): void {
    stage.update(trace)
    shows.get(trace)?.()
  }

  function start(file: File, profile: string): void {
    const { name } = file
    const row = createUploadRow(file)
    const trace = createTrace(name)
    let view: UploadView
    list.prepend(row.row)
    const upload = uploader.upload(file, {
      profile,
      transport: tracing.createTransport(() => trace, showTrace),
      onProgress(progress) {
        setState(trace, progress.state, readPageClockMs())
        trace.share = progress.total ? progress.loaded / progress.total : 1
        unfinished.setLoaded(file, profile, progress.loaded)
        show({ progress })
      },
    })
    view = { progress: upload.progress }
    const showSteps = () => row.showSteps(trace, stage.followed === trace)
    const show = (next: UploadView) => {
      view = next
      row.show(view)
      showTrace(trace)
    }
    shows.set(trace, showSteps)
    const stops = [onLanguage(() => row.show(view)), stage.onFollow(showSteps)]
    const { followed } = stage
    if (!followed || followed.isEnded) stage.follow(trace)

    function showOutcome(result: UploadResult): void {
      const { key, delivery, via } = result
      const link = `/demo/object?key=${encodeURIComponent(key)}`
      const done = via === 'confirm' ? 'asked' : 'done'
      show({ progress: upload.progress, link, outcome: delivery === 'done' ? done : 'accepted' })
    }

    async function watch(outcome: Promise<UploadResult>): Promise<void> {
      try {
        const result = await outcome
        tracing.setKey(trace, result.key)
        settleDone(trace, result, readPageClockMs())
        setState(trace, upload.state, readPageClockMs())
        showOutcome(result)
        if (result.delivery === 'done') {
          status.textContent = say('announceDone', { name })
          return
        }
        status.textContent = say('announceAccepted', { name })
        waiting.set(result.id, (response) => {
          Object.assign(trace, { response, isDelivered: true })
          setState(trace, 'done', readPageClockMs())
          showOutcome({ ...result, response, delivery: 'done' })
          status.textContent = say('announceDone', { name })
        })
        onAccepted()
      } catch (thrown) {
        const failure = thrown as UploadError
        const message = describeFailure(failure)
        const { state, progress } = upload
        settleFailed(trace, readPageClockMs())
        setState(trace, state, readPageClockMs())
        show({ progress, failure, canTryAgain: state !== 'aborted' && mayTryAgain(failure) })
        status.textContent =
          state === 'stored' ? message : say('announceFailed', { name, reason: message })
      }
    }

    row.steps.addEventListener('click', () => stage.follow(trace))
    row.pause.addEventListener('click', () => {
      if (upload.state === 'paused') void upload.resume()
      else upload.pause()
    })
    row.cancel.addEventListener('click', () => {
      if (['failed', 'stored', 'aborted'].includes(upload.state)) {
        removeItem(row.row)
        shows.delete(trace)
        for (const stop of stops) stop()
      }
      void upload.abort()
    })
    row.retry.addEventListener('click', () => {
      beginAgain(trace)
      void watch(upload.resume())
    })
    void watch(upload)
  }

  return {
    start,
    showTrace,
    onApplication({ id, response }) {
      waiting.get(id)?.(response)
      waiting.delete(id)
    },
  }
}
