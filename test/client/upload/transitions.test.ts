import { expect, it } from 'vitest'
import type { UploadState } from '../../../client/options.ts'
import { FINAL, PAUSABLE, RESUMABLE } from '../../../client/upload/transitions.ts'

type Verb = 'pause' | 'resume' | 'abort'

/** Of every state: a new one does not compile until it is here. */
const ALLOWED: Record<UploadState, Verb[]> = {
  idle: ['pause', 'abort'],
  preparing: ['pause', 'abort'],
  signing: ['pause', 'abort'],
  uploading: ['pause', 'abort'],
  offline: ['pause', 'abort'],
  retrying: ['pause', 'abort'],
  paused: ['resume', 'abort'],
  completing: ['abort'],
  confirming: ['abort'],
  stored: ['resume', 'abort'],
  failed: ['resume', 'abort'],
  done: [],
  aborted: [],
}
const STATES = Object.keys(ALLOWED) as UploadState[]
const statesThat = (verb: Verb) => STATES.filter((state) => ALLOWED[state].includes(verb)).sort()

it('lets a caller pause until the upload is being completed', () => {
  expect([...PAUSABLE].sort()).toEqual(statesThat('pause'))
})

it('lets a caller resume what was paused or has failed', () => {
  expect([...RESUMABLE].sort()).toEqual(statesThat('resume'))
})

it('lets a caller cancel everything that is not final', () => {
  expect(STATES.filter((state) => !FINAL.includes(state)).sort()).toEqual(statesThat('abort'))
})
