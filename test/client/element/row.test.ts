import { expect, it } from 'vitest'
import {
  createRow,
  isSettled,
  type MutableEntry,
  mayTryAgain,
} from '../../../client/element/row.ts'
import { createWords } from '../../../client/element/texts.ts'
import { UploadError } from '../../../client/http/errors.ts'

const words = createWords('en')

function show(entry: Partial<MutableEntry>) {
  const full: MutableEntry = { name: 'a.txt', size: 1500, type: '', state: 'idle', ...entry }
  const row = createRow(
    full,
    () => {},
    () => {},
  )
  row.show(words, false)
  const read = (part: string) => row.item.querySelector<HTMLElement>(`[part=${part}]`)
  return { ...row, read, meta: read('meta')?.textContent }
}

const progress = { loaded: 700, total: 1500, percentage: 46.7, state: 'uploading' as const }

it.each([
  [{}, 'Waiting · 1.5 kB'],
  [{ state: 'preparing' }, 'Preparing · 1.5 kB'],
  [{ state: 'signing' }, 'Uploading · 1.5 kB'],
  [{ state: 'paused' }, 'Paused · 1.5 kB'],
  [{ state: 'confirming' }, 'Uploading · 1.5 kB'],
  [{ state: 'done' }, 'Uploaded · 1.5 kB'],
  [{ state: 'stored' }, 'Uploaded, being processed · 1.5 kB'],
  [
    { state: 'uploading', progress: { ...progress, speed: 2000, etaSeconds: 7.2 } },
    '46% · 1.5 kB · 2 kB/s · 8 sec left',
  ],
  [
    { state: 'uploading', progress: { ...progress, speed: 0, etaSeconds: undefined } },
    '46% · 1.5 kB',
  ],
] as [Partial<MutableEntry>, string][])('%o reads %s', (entry, text) => {
  expect(show(entry).meta).toBe(text)
})

it('carries its state in its part, and hides the bar at rest', () => {
  const error = new UploadError('NETWORK', 'send', { retryable: true })
  const failed = show({ state: 'failed', error })
  expect(failed.item.getAttribute('part')).toBe('row error')
  expect(failed.item.querySelector('progress')?.hidden).toBe(true)
  expect(isSettled(failed.entry)).toBe(true)
  expect(show({}).item.querySelector('progress')?.hidden).toBe(false)
})

it('shows the end of the name until there is a picture', () => {
  expect(show({ name: 'a.png' }).read('thumb')?.textContent).toBe('png')
  expect(show({ name: '夏天' }).read('thumb')?.textContent).toBe('')
})

it.each([
  ['NETWORK', { retryable: true }, true],
  ['CORS', {}, true],
  ['FILE_UNREADABLE', {}, true],
  ['BAD_RESPONSE', { status: 200 }, true],
  ['HTTP_403', { status: 403 }, true],
  ['HTTP_407', { status: 407 }, true],
  ['TOKEN_INVALID', { status: 401 }, true],
  ['TYPE_REFUSED', { status: 415 }, false],
  ['AccessDenied', { status: 403 }, false],
  ['CONFIG', { status: 500 }, true],
] as const)('after %s %o there may be another try: %s', (code, facts, expected) => {
  const error = new UploadError(code, 'send', { retryable: false, ...facts })
  expect(mayTryAgain(error)).toBe(expected)
})
