import { expect, it } from 'vitest'
import { TRANSITIONS } from '../../../client/upload/transitions.ts'

const statesThat = (action: 'pause' | 'resume' | 'abort') =>
  Object.entries(TRANSITIONS)
    .filter(([, next]) => next[action])
    .map(([state]) => state)
    .sort()

it('lets a caller pause until the upload is being completed', () => {
  expect(statesThat('pause')).toEqual(['idle', 'offline', 'retrying', 'signing', 'uploading'])
})

it('lets a caller resume what was paused or has failed', () => {
  expect(statesThat('resume')).toEqual(['failed', 'paused', 'stored'])
})

it('lets a caller cancel everything that is not final', () => {
  expect(TRANSITIONS.done).toEqual({})
  expect(TRANSITIONS.aborted).toEqual({})
  expect(statesThat('abort')).toHaveLength(Object.keys(TRANSITIONS).length - 2)
})
