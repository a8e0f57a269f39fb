/**
 * The same event twice, the effect once. A sender cannot know whether a response that got lost came after the effect,
 * so it sends again: every receiver of webhooks needs this.
 */
import type { UploadEvent } from './event.ts'

/** Port: the responses of events whose effect has happened, by event id. Keep them at least 14 days. */
export interface ResponseStore {
  /** @returns the text as it was written; `undefined` when there is none */
  read(eventId: string): Promise<string | undefined>
  write(eventId: string, response: string): Promise<void>
}

/** Runs `work` once for this event and returns its result; afterwards the stored result. Results are JSON values. */
export type HandleOnce = (event: UploadEvent, work: () => unknown) => Promise<unknown>

/**
 * Joins repetitions of an event: those that come later get the stored result, those that come at the same time wait
 * for the first. What `work` throws is not stored.
 *
 * This is complete within one process that does not die between the effect and `write`. Where that is not enough, let
 * the database decide: insert the event id into a table where it is the primary key, in the same transaction as the
 * effect; when it is there already, respond what you responded before.
 */
export function createDedup(store: ResponseStore): HandleOnce {
  const running = new Map<string, Promise<unknown>>()

  async function run(eventId: string, work: () => unknown): Promise<unknown> {
    const known = await store.read(eventId)
    // Empty text: the work had no result.
    if (known !== undefined) return known === '' ? undefined : JSON.parse(known)
    const result = await work()
    await store.write(eventId, JSON.stringify(result) ?? '')
    return result
  }

  return (event, work) => {
    const pending = running.get(event.id)
    if (pending) return pending
    const started = run(event.id, work).finally(() => running.delete(event.id))
    running.set(event.id, started)
    return started
  }
}
