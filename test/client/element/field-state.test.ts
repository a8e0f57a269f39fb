import { expect, it } from 'vitest'
import { describeField } from '../../../client/element/field-state.ts'
import type { Entry } from '../../../client/element/row.ts'
import { createWords } from '../../../client/element/texts.ts'
import { UploadError } from '../../../client/http/errors.ts'

const words = createWords('en')
const entry = (more: Partial<Entry>): Entry => ({
  ...{ name: 'a.txt', size: 5, type: '', state: 'idle' },
  ...more,
})
const result = { id: 'i', key: 'k', response: null, delivery: 'done', via: 'callback' } as const
const done = entry({ state: 'done', result, file: new File([], 'a.txt') })

it('is valid with uploads that are done; their keys are the value', () => {
  const field = describeField([done], true, words)
  expect(field).toMatchObject({ keys: ['k'], isBusy: false })
  expect(field.flags).toEqual({ customError: false, valueMissing: false })
  expect(JSON.parse(field.state)).toEqual([
    { name: 'a.txt', size: 5, type: '', state: 'done', result },
  ])
})

it('holds the form while an upload is in progress, and when one has failed', () => {
  const busy = describeField([done, entry({ state: 'uploading' })], false, words)
  expect(busy).toMatchObject({ isBusy: true, fault: 'Files are being uploaded.' })
  expect(busy.flags.customError).toBe(true)
  const failed = describeField([entry({ error: new UploadError('CORS', 'send') })], false, words)
  expect(failed).toMatchObject({ isBusy: false, fault: 'An upload failed.', keys: [] })
  expect(failed.flags.customError).toBe(true)
})

it('lacks a value when one is required', () => {
  expect(describeField([], true, words).flags.valueMissing).toBe(true)
  expect(describeField([], false, words).flags.valueMissing).toBe(false)
})
