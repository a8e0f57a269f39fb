/** What the doctor says: findings as data, each in English and Chinese. */
import type { FindingId } from './finding-ids.ts'

export interface Text {
  en: string
  zh: string
}

/** `not-checked`: nothing is known, because the check could not be made, or not without changing something. */
export type FindingState = 'ok' | 'warn' | 'fail' | 'not-checked'

export interface Finding {
  id: FindingId
  state: FindingState
  what: Text
  /** Why it matters. */
  why?: Text | undefined
  /** What to do. */
  fix?: Text | undefined
  /** Facts for scripts, e.g. `{ hop: 'tls' }`. Nothing secret. */
  details?: Readonly<Record<string, string>> | undefined
}

export type Language = keyof Text

export function text(en: string, zh: string): Text {
  return { en, zh }
}

export function ok(id: FindingId, what: Text, details?: Finding['details']): Finding {
  return { id, state: 'ok', what, details }
}

export type Advice = Pick<Finding, 'what' | 'why' | 'fix' | 'details'>

export function warn(id: FindingId, advice: Advice): Finding {
  return { id, state: 'warn', ...advice }
}

export function fail(id: FindingId, advice: Advice): Finding {
  return { id, state: 'fail', ...advice }
}

export function notChecked(id: FindingId, what: Text, fix?: Text): Finding {
  return { id, state: 'not-checked', what, fix }
}
