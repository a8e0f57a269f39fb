/**
 * What a caller may ask of an upload in each state, and the state that follows. What is not listed is ignored.
 */
import type { UploadState } from '../options.ts'

export type UploadAction = 'pause' | 'resume' | 'abort'

type Transitions = Readonly<Partial<Record<UploadAction, UploadState>>>

export const TRANSITIONS: Readonly<Record<UploadState, Transitions>> = {
  idle: { pause: 'paused', abort: 'aborted' },
  signing: { pause: 'paused', abort: 'aborted' },
  uploading: { pause: 'paused', abort: 'aborted' },
  offline: { pause: 'paused', abort: 'aborted' },
  retrying: { pause: 'paused', abort: 'aborted' },
  paused: { resume: 'idle', abort: 'aborted' },
  completing: { abort: 'aborted' },
  confirming: { abort: 'aborted' },
  stored: { resume: 'idle', abort: 'aborted' },
  failed: { resume: 'idle', abort: 'aborted' },
  done: {},
  aborted: {},
}
