/**
 * One file in one request, for runtimes without `Blob`, `fetch` and events of the network: from the ticket to the
 * server's response. What differs between them is a `Platform`.
 */
import type { FormTicket, PutTicket } from '../../src/signer/ticket.ts'
import { isExpired, toFinalState, toUploadError, UploadError } from '../http/errors.ts'
import type { Host, ServiceRun } from '../http/run.ts'
import { askService } from '../http/service-client.ts'
import type {
  CommonOptions,
  Progress,
  RetryInfo,
  TransportResponse,
  UploadResult,
  UploadStage,
  UploadState,
} from '../options.ts'
import { type Delivered, deliver } from '../upload/deliver.ts'
import { createMeter } from '../upload/progress.ts'
import type { Gate } from '../upload/queue.ts'
import { createStopper } from './stop-signal.ts'

const STALL_TIMEOUT_MS = 20_000
/** A ticket that has expired on the way is renewed once; one that expires again will not get better. */
const MAX_FRESH_STARTS = 1

export interface MiniOptions extends Omit<CommonOptions, 'transport'> {
  onProgress?: (progress: Progress) => void
}

/** The outcome; it rejects with an `UploadError`. */
export type MiniUpload = Promise<UploadResult> & { abort: () => void }

/** A file with all that a ticket needs. */
export interface KnownFile {
  path: string
  name: string
  /** Media type; empty when it is not known. */
  type: string
  /** Bytes. */
  size: number
}

export type OneRequestTicket = FormTicket | PutTicket

export interface Platform {
  host: Host
  /** How many files are sent at the same time. */
  gate: Gate
  method: OneRequestTicket['kind']
  describe(): Promise<KnownFile>
  sendText(request: {
    stage: UploadStage
    url: string
    headers: Record<string, string>
    body: string
    signal: AbortSignal
  }): Promise<TransportResponse>
  sendFile(
    ticket: OneRequestTicket,
    file: KnownFile,
    limits: {
      signal: AbortSignal
      stallTimeoutMs: number
      /** Bytes of the file that have left. */
      onSent(sentBytes: number): void
    },
  ): Promise<TransportResponse>
}

/** Starts at once. */
export function startUpload(options: MiniOptions, platform: Platform): MiniUpload {
  const { signal: given, stallTimeoutMs = STALL_TIMEOUT_MS, onProgress, onStateChange } = options
  const { signal, stop } = createStopper()
  const abort = () => stop(new UploadError('ABORTED', 'abort', { cause: given?.reason }))
  let measure = createMeter({ file: { size: 0 } }, onProgress, Date.now)
  let state: UploadState = 'idle'
  let stateBeforeWait: UploadState = state
  let sent = 0

  function setState(next: UploadState, sentBytes = sent, more: Partial<Ending> = {}): void {
    const isNew = next !== state
    state = next
    sent = sentBytes
    try {
      measure(sentBytes, next, more.isComplete, more.nextAttemptAt)
      if (isNew) onStateChange?.(next)
    } catch (error) {
      // An error in the page's listener does not end the upload.
      console.error(error)
    }
  }

  function onRetry(info: RetryInfo): void {
    options.onRetry?.(info)
    const { delayMs, isOffline } = info
    if (!delayMs || signal.aborted) return
    stateBeforeWait = state
    setState(isOffline ? 'offline' : 'retrying', sent, { nextAttemptAt: Date.now() + delayMs })
  }

  function endWait(): void {
    if (state === 'offline' || state === 'retrying') setState(stateBeforeWait)
  }

  const run: ServiceRun = {
    options: { ...options, onRetry },
    signal,
    self: platform.host,
    send({ stage, url, headers = {}, body }) {
      endWait()
      return platform.sendText({ stage, url, headers, body: String(body), signal })
    },
  }

  async function attempt(file: KnownFile): Promise<UploadResult> {
    const { profile, vars, name = file.name, type = file.type } = options
    const { size } = file
    setState('signing', 0)
    const facts = { profile, vars, name, type, size, method: platform.method }
    const ticket = await askService<OneRequestTicket>(run, 'sign', '', facts)
    if (!ticket?.session) throw new UploadError('BAD_RESPONSE', 'sign')
    const { id, key } = ticket
    setState('uploading', 0)
    const delivered: Delivered = await deliver(
      run,
      'send',
      ticket,
      (onMoved) => {
        endWait()
        const onSent = (sentBytes: number) => {
          onMoved(sentBytes)
          if (!signal.aborted) setState('uploading', sentBytes)
        }
        return platform.sendFile(ticket, file, { signal, stallTimeoutMs, onSent })
      },
      () => setState('confirming', size),
    )
    return { ...delivered, id, key }
  }

  async function work(): Promise<UploadResult> {
    let leave: (() => void) | undefined
    try {
      given?.addEventListener('abort', abort)
      if (given?.aborted) abort()
      const file = await platform.describe()
      measure = createMeter({ file }, onProgress, Date.now)
      leave = await platform.gate.enter({ file, turns: 0 }, signal)
      for (let starts = 0; ; starts += 1) {
        try {
          const result = await attempt(file)
          signal.throwIfAborted()
          setState(result.delivery === 'done' ? 'done' : 'stored', file.size, { isComplete: true })
          return result
        } catch (thrown) {
          const error = toUploadError(thrown, 'send')
          if (!isExpired(error) || starts >= MAX_FRESH_STARTS) throw error
        }
      }
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      setState(toFinalState(error))
      throw error
    } finally {
      leave?.()
      given?.removeEventListener('abort', abort)
    }
  }

  return Object.assign(work(), { abort })
}

interface Ending {
  isComplete: boolean
  nextAttemptAt: number
}
