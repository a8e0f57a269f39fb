/**
 * Last step of a request: how serving it ended becomes the reply and the entry of the log.
 */
import type { OssError } from './http/errors.ts'
import { ConnectionDropped, type EmulatorReply, type EmulatorRequest } from './http/message.ts'
import { buildErrorReply, completeReply, type ReplyFacts, toOssError } from './http/reply.ts'
import type { RequestEntry } from './operations/log.ts'
import type { RequestNames } from './route.ts'

export type Outcome =
  | { kind: 'reply'; reply: EmulatorReply }
  /** `detail`: the message of an error that is not one of OSS, for the log only; else empty. */
  | { kind: 'error'; error: OssError; detail: string }
  | { kind: 'dropped'; reason: ConnectionDropped }

/** Runs it and turns whatever it throws into an outcome. */
export async function settle(run: () => Promise<EmulatorReply>): Promise<Outcome> {
  try {
    return { kind: 'reply', reply: await run() }
  } catch (thrown) {
    if (thrown instanceof ConnectionDropped) return { kind: 'dropped', reason: thrown }
    const error = toOssError(thrown)
    if (error === thrown) return { kind: 'error', error, detail: '' }
    return {
      kind: 'error',
      error,
      detail: thrown instanceof Error ? thrown.message : String(thrown),
    }
  }
}

/** @param cors headers that let a page of another origin read the response */
export function buildReply(
  outcome: Exclude<Outcome, { kind: 'dropped' }>,
  cors: { headers: Record<string, string>; onErrors: boolean },
  facts: ReplyFacts,
): EmulatorReply {
  if (outcome.kind === 'reply') {
    const { reply } = outcome
    return completeReply({ ...reply, headers: joinHeaders(cors.headers, reply.headers) }, facts)
  }
  const { error } = outcome
  const isStored = error.code === 'CallbackFailed'
  const allowed = isStored || cors.onErrors ? cors.headers : {}
  const reply = buildErrorReply(error, facts)
  return completeReply({ ...reply, headers: { ...allowed, ...reply.headers } }, facts)
}

/** The reply's own headers win, but `Vary` lists both. */
function joinHeaders(cors: Record<string, string>, own: Record<string, string>) {
  const vary = [cors.vary, own.vary].filter((names) => names !== undefined).join(', ')
  return { ...cors, ...own, ...(vary !== '' && { vary }) }
}

export function buildEntry(
  { method, target }: EmulatorRequest,
  { time, requestId }: { time: string; requestId: string },
  names: RequestNames,
  outcome: Outcome,
): RequestEntry {
  const failure = outcome.kind === 'error' ? outcome : undefined
  return {
    time,
    requestId,
    method,
    path: target.split('?')[0] ?? '',
    ...names,
    status: outcome.kind === 'reply' ? outcome.reply.status : (failure?.error.status ?? 0),
    code: failure?.error.code ?? '',
    ec: failure?.error.ec ?? '',
    detail: failure?.detail ?? '',
  }
}
