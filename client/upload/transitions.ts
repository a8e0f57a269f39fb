/**
 * What a caller may ask of an upload in each state, and the state that follows. What is not listed is ignored.
 */
import type { UploadState } from '../options.ts'

export type UploadAction = 'pause' | 'resume' | 'abort'

type Transitions = Readonly<Partial<Record<UploadAction, UploadState>>>

const running: Transitions = { pause: 'paused', abort: 'aborted' }
const ending: Transitions = { abort: 'aborted' }
const resting: Transitions = { resume: 'idle', abort: 'aborted' }

export const TRANSITIONS: Readonly<Record<UploadState, Transitions>> = {
  idle: running,
  signing: running,
  uploading: running,
  offline: running,
  retrying: running,
  paused: resting,
  completing: ending,
  confirming: ending,
  stored: resting,
  failed: resting,
  done: {},
  aborted: {},
}
